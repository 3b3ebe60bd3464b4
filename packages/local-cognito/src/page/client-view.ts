import type { ClaimLayer, ClaimLayers } from '@cognito-m2m/claim-schema';
import type { AppClient, UserPool } from '../pools/user-pool.ts';
import { LAYER_TEXTS, renderBadge, renderValue } from './claim-view.ts';
import type { LayeredClaim, LayerListing } from './client-layers.ts';
import { formatMoment, formatSpan } from './format-time.ts';
import { type Html, html } from './html.ts';
import { type RequestFeed, renderRequests } from './request-row.ts';
import { type ResultModel, renderResult } from './result-view.ts';
import { renderForm, type TokenForm, toTokenBody } from './token-form.ts';

/** What a client's page shows. */
export interface ClientModel {
  readonly pool: UserPool;
  readonly client: AppClient;
  readonly records: ClaimLayers;
  /** Why the records cannot be read; then there are none. */
  readonly storeFault: string | undefined;
  /** Absent for pools whose claims are not this project's. */
  readonly layers: readonly LayerListing[] | undefined;
  readonly form: TokenForm;
  readonly tokenEndpoint: string;
  readonly canAuthenticate: boolean;
  /** Absent until a token is asked for. */
  readonly result: ResultModel | undefined;
  readonly feed: RequestFeed;
  /** Epoch seconds. */
  readonly now: number;
}

/** The page of one client. */
export function renderClient(model: ClientModel): Html {
  const { client, records, form, canAuthenticate, result, layers, feed, now } = model;
  return html`${renderHeading(model)}${renderWarnings(model)}
${result && renderResult(result)}
${renderCurl(model)}
<div class="columns">${layers && renderLayers(layers, records, now)}
${renderForm(client, records, form, canAuthenticate)}</div>
${renderRequests(feed)}`;
}

/** What stands for a user's token in a command: the shell fills it in. */
const TOKEN_VARIABLE = '$USER_TOKEN';

/** The request of the form as a command; the secret and a user's token stay out of it. */
function renderCurl({ client, records, form, tokenEndpoint }: ClientModel): Html {
  const tokenKey = records.baseline?.claimsFromToken?.key;
  const metadata = form.metadata.map((row) =>
    row.key === tokenKey && row.value !== '' ? { ...row, value: TOKEN_VARIABLE } : row,
  );
  const data = toTokenBody({ ...form, metadata }).replace(
    encodeURIComponent(TOKEN_VARIABLE),
    () => TOKEN_VARIABLE,
  );
  const command = `curl -X POST -u "${client.clientId}:$CLIENT_SECRET" -H "Content-Type: application/x-www-form-urlencoded" -d "${data}" ${tokenEndpoint}`;
  return html`<details class="card"><summary>As a curl command</summary>
<button type="button" class="button is-quiet" data-copy="#curl" hidden>Copy</button>
<pre class="raw" id="curl" tabindex="0" aria-label="curl command">${command}</pre></details>`;
}

function renderHeading({ pool, client }: ClientModel): Html {
  return html`<header class="page-head"><p class="crumbs"><a href="/">All clients</a> / ${pool.name}</p>
<h1>${client.name}</h1>${client.description !== undefined && html`<p class="lead">${client.description}</p>`}
<dl class="facts"><div><dt>Client id</dt><dd><code id="client-id">${client.clientId}</code> <button type="button" class="button is-quiet" data-copy="#client-id" hidden>Copy</button></dd></div>
<div><dt>Token lifetime</dt><dd>${client.accessTokenMinutes} min</dd></div>
${client.owner !== undefined && html`<div><dt>Owner</dt><dd>${client.owner}</dd></div>`}
<div><dt>Pool id</dt><dd><code>${pool.userPoolId}</code></dd></div></dl></header>`;
}

function renderWarnings({ records, storeFault, layers }: ClientModel): Html {
  if (storeFault !== undefined) {
    return html`<p class="banner is-bad">${storeFault}</p>`;
  }
  if (records.override?.disabled) {
    const { revision, updatedBy } = records.override;
    return html`<p class="banner is-bad">Disabled by revision ${revision} (${updatedBy}): this client gets no token.</p>`;
  }
  if (layers !== undefined && records.baseline === undefined) {
    return html`<p class="banner is-bad">The claims table has no baseline for this client.</p>`;
  }
  return html``;
}

/** The claims of a client by layer, the lowest on top, as they are for the request in the form. */
function renderLayers(listings: readonly LayerListing[], records: ClaimLayers, now: number): Html {
  return html`<section class="card" aria-labelledby="layers-title">
<div class="card-head"><h2 id="layers-title">Claims by layer</h2><p class="hint">A lower row wins over the ones above it</p></div>
<ol class="layers">${listings.map((listing) => renderLayer(listing, records, now))}</ol>
</section>`;
}

function renderLayer({ layer, claims }: LayerListing, records: ClaimLayers, now: number): Html {
  const rows =
    claims.length === 0
      ? html`<p class="none">No claims</p>`
      : html`<ul class="claims">${claims.map((claim) => renderClaim(layer, claim, now))}</ul>`;
  return html`<li class="layer edge-${layer}">
<div class="layer-head">${renderBadge(layer)}<span class="layer-meaning">${LAYER_TEXTS[layer].meaning}</span></div>
${layer === 'override' && renderRevision(records)}${rows}</li>`;
}

function renderRevision({ override }: ClaimLayers): Html {
  if (override === undefined) return html``;
  const { revision, updatedBy, updatedAt, reason, disabled } = override;
  return html`<p class="revision"><strong>Revision ${revision}</strong> by ${updatedBy} · ${updatedAt}${
    disabled && html` · <strong class="bad">disabled</strong>`
  }<br>${reason}</p>`;
}

function renderClaim(layer: ClaimLayer, claim: LayeredClaim, now: number): Html {
  const isLive = claim.state === undefined || claim.state === 'in-token';
  const value =
    claim.value === undefined
      ? html`<span class="none">${(claim.allow ?? []).join(' | ')}</span>`
      : renderValue(claim.value);
  return html`<li class="claim${!isLive && ' is-out'}">
<span class="claim-name">${claim.name}</span><span class="claim-value">${value}</span>
<span class="claim-notes">${notesOf(layer, claim, now).map((note) => html`<span class="note">${note}</span>`)}</span></li>`;
}

function notesOf(layer: ClaimLayer, claim: LayeredClaim, now: number): string[] {
  const { state, winner, source, isRequired, expiresAt } = claim;
  return [
    source !== undefined && `${layer === 'scope' ? 'scope' : 'key'} ${source}`,
    isRequired && 'required',
    expiresAt !== undefined && describeExpiry(expiresAt, now),
    state !== undefined && STATE_NOTES[state],
    state === 'overruled' && winner !== undefined && describeWinner(winner),
  ].filter((note) => typeof note === 'string');
}

const STATE_NOTES = {
  'in-token': undefined,
  expired: undefined,
  overruled: undefined,
  suppressed: 'suppressed',
  'not-granted': 'scope not asked for',
  'not-sent': 'not sent',
  unverified: 'not verified: left out',
  reserved: 'reserved: left out',
} as const;

function describeWinner(winner: ClaimLayer): string {
  return `overridden by ${LAYER_TEXTS[winner].title.toLowerCase()}`;
}

function describeExpiry(expiresAt: number, now: number): string {
  const moment = formatMoment(expiresAt);
  return expiresAt <= now
    ? `expired ${formatSpan(now - expiresAt)} ago`
    : `expires in ${formatSpan(expiresAt - now)} (${moment} UTC)`;
}
