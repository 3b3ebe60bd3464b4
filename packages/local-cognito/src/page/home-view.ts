import type { UserPool } from '../pools/user-pool.ts';
import { type Html, html } from './html.ts';
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
