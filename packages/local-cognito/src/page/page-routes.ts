import { readFile } from 'node:fs/promises';
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Core } from '../tokens/core.ts';
import { renderClient } from './client-view.ts';
import { type Html, html } from './html.ts';
import { inspectClient } from './inspect-client.ts';
import { renderDocument, renderHome, type Shell } from './layout.ts';
import { registerPageGuard } from './page-guard.ts';
import { readFeed } from './request-row.ts';

/** The page's own files, with the media type of each. */
const MEDIA_TYPES: { readonly [file: string]: string } = {
  'base.css': 'text/css; charset=utf-8',
  'page.css': 'text/css; charset=utf-8',
  'layers.css': 'text/css; charset=utf-8',
  'token.css': 'text/css; charset=utf-8',
  'icon.svg': 'image/svg+xml',
  'inspector.js': 'text/javascript; charset=utf-8',
  'live-requests.js': 'text/javascript; charset=utf-8',
  'search.js': 'text/javascript; charset=utf-8',
};

/** Reads one of the page's files. @returns `undefined` for any other name. */
async function readAsset(
  file: string,
): Promise<{ readonly mediaType: string; readonly content: Buffer } | undefined> {
  if (!Object.hasOwn(MEDIA_TYPES, file)) return undefined;
  const mediaType = MEDIA_TYPES[file] ?? '';
  return { mediaType, content: await readFile(new URL(`./static/${file}`, import.meta.url)) };
}

/** Serves the inspector page at `/`, on loopback only. */
export function registerPageRoutes(app: FastifyInstance, core: Core): void {
  app.register(async (page) => {
    registerPageGuard(page);
    registerHome(page, core);
    registerClient(page, core);
    page.get<{ Querystring: { after?: string } }>('/requests', async ({ query }) =>
      readFeed(core.journal, Number(query.after) || 0),
    );
    page.get<{ Params: { file: string } }>('/assets/:file', async ({ params }, reply) => {
      const asset = await readAsset(params.file);
      if (asset === undefined) return reply.callNotFound();
      return reply.type(asset.mediaType).header('cache-control', 'no-cache').send(asset.content);
    });
  });
}

function registerHome(page: FastifyInstance, core: Core): void {
  const { directory } = core;
  page.get<{ Querystring: { q?: unknown } }>(
    '/',
    async ({ query: { q }, headers: { host } }, reply) => {
      const pools = directory.pools.map((pool) => ({
        pool,
        description: pool.description ?? '',
        issuer: core.issuerOf(pool, host),
        baseUrl: core.baseUrl(host),
      }));
      const query = typeof q === 'string' ? q : '';
      const body = renderHome(pools, readFeed(core.journal, 0));
      return send(reply, core, { title: 'Pools', query, body });
    },
  );
}

function registerClient(page: FastifyInstance, core: Core): void {
  page.route<{ Params: { clientId: string } }>({
    method: ['GET', 'POST'],
    url: '/clients/:clientId',
    handler: async ({ params, method, body, headers: { host } }, reply) => {
      const found = core.directory.findByClientId(params.clientId);
      if (found === undefined) return sendUnknown(reply, core);
      const form =
        method === 'POST' ? (Buffer.isBuffer(body) ? body.toString('utf8') : '') : undefined;
      const model = await inspectClient(core, found, host, form);
      const { name, clientId } = found.client;
      return send(reply, core, {
        title: name,
        query: '',
        currentClientId: clientId,
        body: renderClient(model),
      });
    },
  });
}

function sendUnknown(reply: FastifyReply, core: Core): FastifyReply {
  const body: Html = html`<header class="page-head"><h1>No such client</h1><p class="lead">No pool of this server has a client with this id.</p></header>`;
  return send(reply.status(404), core, { title: 'No such client', query: '', body });
}

function send(
  reply: FastifyReply,
  { name: environmentName, region, directory: { pools } }: Core,
  page: Pick<Shell, 'title' | 'query' | 'body' | 'currentClientId'>,
): FastifyReply {
  return reply
    .type('text/html; charset=utf-8')
    .send(renderDocument({ environmentName, region, pools, ...page }));
}
