import type { AppClient, UserPool } from '../pools/user-pool.ts';
import { type Html, html, toText } from './html.ts';
import { type RequestFeed, renderRequests } from './request-row.ts';

/** A pool with the addresses that its clients use. */
export interface PoolModel {
  readonly pool: UserPool;
  readonly description: string;
  readonly issuer: string;
  readonly baseUrl: string;
}

/** The page that opens first: the pools and what is going on. */
export function renderHome(pools: readonly PoolModel[], feed: RequestFeed): Html {
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
export interface Shell {
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
export function renderDocument(shell: Shell): string {
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
