import type { ClaimLayer, ClaimLayers } from '@cognito-m2m/claim-schema';
import { type OAuthError, toErrorBody } from '../net/oauth-answer.ts';
import type { IssuedToken } from '../tokens/issue-token.ts';
import type { LayeredClaim, LayerListing } from './client-layers.ts';
import { formatSpan } from './format-time.ts';
import { type Html, html } from './html.ts';
import type { Budget, ClientModel, ResultModel, TokenClaim } from './inspect-client.ts';
import { renderRequests } from './request-row.ts';
import { renderForm, toTokenBody } from './token-form.ts';

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

/** From this length on a value gets lines of its own. */
const LONG_VALUE_CHARACTERS = 120;

/** Shows a claim's value as JSON, so that "1" and 1 differ; long ones scroll in a box of their own. */
function renderValue(value: unknown): Html {
  const compact = JSON.stringify(value) ?? '';
  const text = isNested(value) ? JSON.stringify(value, null, 2) : compact;
  if (text.length <= LONG_VALUE_CHARACTERS) {
    return html`<code class="value${isNested(value) && ' is-nested'}">${text}</code>`;
  }
  return html`<pre class="value value-long" tabindex="0" aria-label="Long value">${text}</pre>`;
}

/** An object, or a list that holds one: its members get lines of their own. */
function isNested(value: unknown): boolean {
  if (Array.isArray(value)) return value.some((member) => typeof member === 'object');
  return typeof value === 'object' && value !== null;
}

/** What people call each layer, and what it is. */
const LAYER_TEXTS: {
  readonly [L in TokenClaim['layer']]: { readonly title: string; readonly meaning: string };
} = {
  default: {
    title: 'Pool default',
    meaning: 'Every client of the pool, from the environment file',
  },
  baseline: { title: 'Baseline', meaning: 'This client, from the environment file' },
  override: { title: 'Override', meaning: 'Set at run time, in revisions' },
  scope: { title: 'Scope', meaning: 'Only when the scope is granted' },
  metadata: { title: 'Metadata', meaning: 'Chosen by the caller from a list' },
  token: { title: 'User token', meaning: 'From the verified token of a user' },
  trigger: { title: 'Trigger', meaning: 'Not explained by the claims table' },
  cognito: { title: 'Cognito', meaning: 'Set by the pool itself' },
};

/** The coloured name of a layer, with the scope, key or revision that brought the claim. */
function renderBadge(layer: TokenClaim['layer'], detail?: string): Html {
  const { title, meaning } = LAYER_TEXTS[layer];
  return html`<span class="badge layer-${layer}" title="${meaning}">${title}${
    detail !== undefined && html` <span class="badge-detail">${detail}</span>`
  }</span>`;
}

/** The width of the bar in its own units. */
const BAR_WIDTH = 1000;

/** The size budget as a bar, one part for each layer. SVG, because the policy of the page allows no style attribute. */
function renderBudget({ limitBytes, usedBytes, parts }: Budget): Html {
  const percent = Math.round((usedBytes / limitBytes) * 100);
  const isOver = usedBytes > limitBytes;
  const used = format(usedBytes);
  const label = `${used} of ${format(limitBytes)} bytes, ${percent} %`;
  const scale = BAR_WIDTH / Math.max(limitBytes, usedBytes);
  let offset = 0;
  const bars = parts.map(({ layer, sizeBytes }) => {
    const [x, width] = [offset, Math.max(4, sizeBytes * scale)];
    offset += width;
    return html`<rect class="fill-${layer}" x="${x}" y="0" width="${width}" height="10"/>`;
  });
  return html`<div class="budget">
<div class="budget-text"><span>Size of the added claims</span><span class="${isOver ? 'bad' : 'figure'}">${label}</span></div>
<svg class="bar" viewBox="0 0 ${BAR_WIDTH} 10" preserveAspectRatio="none" role="img" aria-label="${label}">${bars}</svg></div>`;
}

function format(bytes: number): string {
  return bytes.toLocaleString('en-US');
}

/** Shows a token, decoded, or why there is none. */
function renderResult(model: ResultModel): Html {
  const { outcome } = model;
  return outcome.ok ? renderToken(outcome.value, model) : renderRefusal(outcome.failure, model);
}

/** A code such as `invalid_scope`. A trigger's error is a sentence there, which the page shows below already. */
const OAUTH_CODE = /^\w+$/;

function renderRefusal(error: OAuthError, { advice, budget, userToken }: ResultModel): Html {
  return html`<section class="card result is-refused" id="result" tabindex="-1" aria-labelledby="result-title">
<div class="card-head"><h2 id="result-title">No token</h2><p class="status bad">HTTP ${error.status ?? 400}${OAUTH_CODE.test(error.error) && html` ${error.error}`}</p></div>
<p class="reason">${error.reason}</p>${advice !== undefined && html`<p class="advice">${advice}</p>`}${userToken !== undefined && html`<p class="advice">${userToken}</p>`}
${budget && renderBudget(budget)}
<p class="hint">The caller reads</p><pre class="raw" tabindex="0" aria-label="Answer">${JSON.stringify(toErrorBody(error), null, 2)}</pre></section>`;
}

function renderToken(token: IssuedToken, { claims, budget, userToken }: ResultModel): Html {
  const isAdded = ({ layer }: TokenClaim) => layer !== 'cognito';
  const expiresAt = Number(token.payload['exp']);
  return html`<section class="card result is-issued" id="result" tabindex="-1" aria-labelledby="result-title">
<div class="card-head"><h2 id="result-title">Token issued</h2>
<p class="status good"><span data-expires-at="${expiresAt}">${formatSpan(token.expiresInSeconds)} left</span></p></div>
${budget && renderBudget(budget)}${userToken !== undefined && html`<p class="advice">${userToken}</p>`}
<div class="token-columns"><div><h3>Added by the trigger</h3>${renderClaims(claims.filter(isAdded))}${renderDrift(claims)}${renderIgnored(token)}
${renderRaw(token.accessToken)}</div>
<div><h3>Set by the pool</h3>${renderClaims(claims.filter((claim) => !isAdded(claim)))}</div></div></section>`;
}

function renderClaims(claims: readonly TokenClaim[]): Html {
  if (claims.length === 0) return html`<p class="none">Nothing</p>`;
  return html`<ul class="claims token-claims">${claims.map(renderTokenClaim)}</ul>`;
}

function renderTokenClaim({ name, value, layer, origin }: TokenClaim): Html {
  const isMoment = layer === 'cognito' && ['exp', 'iat', 'auth_time'].includes(name);
  const detail =
    origin?.source ?? (origin?.revision === undefined ? undefined : `rev ${origin.revision}`);
  return html`<li class="claim"><span class="claim-name">${name}</span>
<span class="claim-value">${renderValue(value)}${isMoment && html`<span class="moment">${formatMoment(Number(value))} UTC</span>`}</span>
${layer !== 'cognito' && html`<span class="claim-notes">${renderBadge(layer, detail)}</span>`}</li>`;
}

function renderDrift(claims: readonly TokenClaim[]): Html {
  if (!claims.some(({ layer }) => layer === 'trigger')) return html``;
  return html`<p class="advice">${renderBadge('trigger')} marks a claim that the table does not explain: the trigger may still use an older read from its cache, or it is not the trigger of this project.</p>`;
}

function renderIgnored({ ignoredClaims }: IssuedToken): Html {
  if (ignoredClaims.length === 0) return html``;
  return html`<p class="advice">The trigger tried to change reserved claims: ${ignoredClaims.join(', ')}</p>`;
}

function renderRaw(accessToken: string): Html {
  const [header = '', payload = '', signature = ''] = accessToken.split('.');
  return html`<details class="raw-token" open><summary>Access token, ${accessToken.length.toLocaleString('en-US')} characters</summary>
<button type="button" class="button is-quiet" data-copy="#raw-token" hidden>Copy</button>
<pre class="raw" id="raw-token" tabindex="0" aria-label="Access token"><span class="jwt-header">${header}</span>.<span class="jwt-payload">${payload}</span>.<span class="jwt-signature">${signature}</span></pre></details>`;
}

/** A moment in UTC: "2026-03-01 12:00:05". */
function formatMoment(epochSeconds: number): string {
  const date = new Date(epochSeconds * 1000);
  // A record may hold any number: out of the range of dates it is shown as it is.
  if (Number.isNaN(date.getTime())) return String(epochSeconds);
  return date.toISOString().slice(0, 19).replace('T', ' ');
}
