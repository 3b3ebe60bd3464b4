import { readFile } from 'node:fs/promises';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { isOwnMachine } from '../net/origin-guard.ts';
import type { AppClient, UserPool } from '../pools/user-pool.ts';
import type { Core } from '../tokens/core.ts';
import { renderClient } from './client-view.ts';
import { type Html, html, toText } from './html.ts';
import { inspectClient } from './inspect-client.ts';
import { type RequestFeed, readFeed, renderRequests } from './request-row.ts';

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

/** A pool with the addresses that its clients use. */
interface PoolModel {
  readonly pool: UserPool;
  readonly description: string;
  readonly issuer: string;
  readonly baseUrl: string;
}

/** The page that opens first: the pools and what is going on. */
function renderHome(pools: readonly PoolModel[], feed: RequestFeed): Html {
  return html`<header class="page-head"><h1>Pools</h1>
<p class="lead">Choose a client to see its claims by layer and to issue a token.</p></header>
<div class="pools">${pools.map(renderPool)}</div>${renderRequests(feed)}`;
}

function renderPool({ pool, description, issuer, baseUrl }: PoolModel): Html {
  const well = `${baseUrl}/${pool.userPoolId}/.well-known`;
  return html`<section class="card pool"><div class="card-head"><h2>${pool.name}</h2><p class="hint">${countClients(pool.clients.length)}</p></div>
${description !== '' && html`<p>${description}</p>`}
<dl class="facts is-list"><div><dt>Pool id</dt><dd><code>${pool.userPoolId}</code></dd></div>
<div><dt>Issuer</dt><dd><code>${issuer}</code></dd></div>
<div><dt>Token endpoint</dt><dd><code>${baseUrl}/${pool.name}/oauth2/token</code></dd></div>
<div><dt>Keys</dt><dd><a href="${well}/jwks.json">jwks.json</a> · <a href="${well}/openid-configuration">openid-configuration</a></dd></div></dl></section>`;
}

function countClients(count: number): string {
  return `${count.toLocaleString('en-US')} ${count === 1 ? 'client' : 'clients'}`;
}

/** What stands around every page. */
interface Shell {
  readonly title: string;
  readonly environmentName: string;
  readonly region: string;
  readonly pools: readonly UserPool[];
  /** The client whose page this is. */
  readonly currentClientId?: string;
  /** What the list of clients is narrowed to; every word must occur. */
  readonly query: string;
  readonly body: Html;
}

/** Renders a whole document. */
function renderDocument(shell: Shell): string {
  const { title, body, currentClientId } = shell;
  const markup = html`<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">
<title>${title} · Local Cognito</title><link rel="icon" href="/assets/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/assets/base.css"><link rel="stylesheet" href="/assets/page.css"><link rel="stylesheet" href="/assets/layers.css"><link rel="stylesheet" href="/assets/token.css">
<script type="module" src="/assets/inspector.js"></script></head>
<body class="${currentClientId === undefined ? 'is-home' : 'is-client'}"><a class="skip" href="#main">Skip to content</a>
<div class="frame"><nav class="side" aria-label="Clients">${renderSide(shell)}</nav><main id="main" tabindex="-1">${body}</main></div></body></html>`;
  return `<!doctype html>${toText(markup)}`;
}

function renderSide(shell: Shell): Html {
  const { environmentName, region, pools, query } = shell;
  const groups = pools.map((pool) => renderGroup(pool, shell));
  const total = pools.reduce((sum, { clients }) => sum + clients.length, 0);
  return html`<a class="brand" href="/"><img src="/assets/icon.svg" alt="" width="28" height="28"><span><strong>Local Cognito</strong><br><small>${environmentName} · ${region}</small></span></a>
<form class="search" action="/" role="search"><label class="visually-hidden" for="search">Search clients</label>
<input type="search" id="search" name="q" value="${query}" placeholder="Search clients" autocomplete="off" spellcheck="false" data-search><kbd aria-hidden="true">/</kbd></form>
<p class="search-count" data-search-count role="status">${total.toLocaleString('en-US')} clients</p>
<div class="groups">${groups}</div>`;
}

function renderGroup(pool: UserPool, { query, currentClientId }: Shell): Html {
  const clients = pool.clients.filter((client) => matches(searchText(pool, client), query));
  if (clients.length === 0) return html``;
  const links = clients.map((client) => {
    const current = client.clientId === currentClientId ? html` aria-current="page"` : undefined;
    const href = `/clients/${encodeURIComponent(client.clientId)}`;
    const hidden = isFoundById(pool, client, query) ? undefined : html` hidden`;
    return html`<li data-client="${searchText(pool, client)}" data-name="${nameText(pool, client)}"><a href="${href}"${current}>${client.name}<small${hidden}>${client.clientId}</small></a></li>`;
  });
  const isShort = pool.clients.length <= FOLDED_CLIENTS || query !== '';
  const isCurrent = clients.some(({ clientId }) => clientId === currentClientId);
  const open = isShort || isCurrent ? html` open` : undefined;
  return html`<details class="group" data-group${open}><summary><h2>${pool.name}</h2> <small class="hint">${clients.length.toLocaleString('en-US')}</small></summary><ul>${links}</ul></details>`;
}

/** A pool with more clients is folded until one searches. */
const FOLDED_CLIENTS = 100;

/** True for a client that only its id puts among the hits: the id is shown then. */
function isFoundById(pool: UserPool, client: AppClient, query: string): boolean {
  return query !== '' && !matches(nameText(pool, client), query);
}

function nameText(pool: UserPool, { name }: AppClient): string {
  return `${name} ${pool.name}`.toLowerCase();
}

function searchText(pool: UserPool, client: AppClient): string {
  return `${nameText(pool, client)} ${client.clientId.toLowerCase()}`;
}

function matches(text: string, query: string): boolean {
  return query
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}
