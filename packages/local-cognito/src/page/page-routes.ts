import { readFile } from 'node:fs/promises';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { isOwnMachine } from '../net/origin-guard.ts';
import type { Core } from '../tokens/core.ts';
import { renderClient } from './client-view.ts';
import { type Html, html, toText } from './html.ts';
import { inspectClient } from './inspect-client.ts';
import { renderDocument, renderHome, type Shell } from './layout.ts';
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

/**
 * Lets only this machine see the page, whatever address the server listens on: it issues tokens without a secret.
 *
 * Foreign `Host` and `Origin` headers are refused before, for all of the server; a form must say its origin here.
 */
function registerPageGuard(page: FastifyInstance): void {
  page.addHook('onRequest', async (request, reply) => {
    reply.headers(PAGE_HEADERS);
    const problem = findProblem(request);
    if (problem === undefined) return;
    const markup = html`<!doctype html><html lang="en"><title>Refused</title><p>${problem}</p></html>`;
    await reply.status(403).type('text/html; charset=utf-8').send(toText(markup));
  });
}

function findProblem({ raw, method, headers }: FastifyRequest): string | undefined {
  if (!isOwnMachine(raw))
    return 'The inspector page is available only on the machine that runs the server.';
  // Every browser names the origin of a form; whatever names none has the token endpoint.
  return method === 'POST' && headers.origin === undefined
    ? 'This form was not sent by the inspector page.'
    : undefined;
}

/**
 * The headers of every answer of the page.
 *
 * Nothing but this server's own files may load, run or receive a form; no page may frame it; no sink turns text into markup.
 *
 * @see https://developer.mozilla.org/en-US/docs/Web/HTTP/Reference/Headers/Content-Security-Policy
 */
const PAGE_HEADERS = {
  'content-security-policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; '),
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  // "no-referrer" would make the browser send the page's own form with "Origin: null".
  'referrer-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-store',
} as const;
