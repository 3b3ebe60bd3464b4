import type { GrantResult } from '../oauth/grant-token.ts';
import { type OAuthError, toErrorBody } from '../oauth/oauth-error.ts';
import { renderBudget } from './budget-view.ts';
import { renderValue } from './claim-value-view.ts';
import type { Budget, IssuedToken, TokenClaim } from './decoded-token.ts';
import { formatMoment, formatSpan } from './format-time.ts';
import { type Html, html } from './html.ts';
import { renderBadge } from './layer-badge.ts';

/** What the page says about an answer. */
export interface ResultModel {
  readonly result: GrantResult['result'];
  readonly claims: readonly TokenClaim[];
  readonly budget: Budget | undefined;
  /** What the resolver adds to a refusal: the claim or the key concerned, and what to do. */
  readonly advice: string | undefined;
}

/** Shows a token, decoded, or why there is none. */
export function renderResult(model: ResultModel): Html {
  const { result } = model;
  return 'error' in result ? renderRefusal(result, model) : renderToken(result, model);
}

function renderRefusal(error: OAuthError, { advice, budget }: ResultModel): Html {
  return html`<section class="card result is-refused" id="result" tabindex="-1" aria-labelledby="result-title">
<div class="card-head"><h2 id="result-title">No token</h2><p class="status bad">HTTP ${error.status ?? 400} ${error.error}</p></div>
<p class="reason">${error.reason}</p>${advice !== undefined && html`<p class="advice">${advice}</p>`}
${budget && renderBudget(budget)}
<p class="hint">The caller reads</p><pre class="raw" tabindex="0" aria-label="Answer">${JSON.stringify(toErrorBody(error), null, 2)}</pre></section>`;
}

function renderToken(token: IssuedToken, { claims, budget }: ResultModel): Html {
  const isAdded = ({ layer }: TokenClaim) => layer !== 'cognito';
  const expiresAt = Number(token.payload['exp']);
  return html`<section class="card result is-issued" id="result" tabindex="-1" aria-labelledby="result-title">
<div class="card-head"><h2 id="result-title">Token issued</h2>
<p class="status good"><span data-expires-at="${expiresAt}">${formatSpan(token.expiresInSeconds)} left</span></p></div>
${budget && renderBudget(budget)}
<div class="token-columns"><div><h3>Added by the trigger</h3>${renderClaims(claims.filter(isAdded))}${renderDrift(claims)}${renderIgnored(token)}
${renderRaw(token.accessToken)}</div>
<div><h3>Set by the pool</h3>${renderClaims(claims.filter((claim) => !isAdded(claim)))}</div></div></section>`;
}

function renderClaims(claims: readonly TokenClaim[]): Html {
  if (claims.length === 0) return html`<p class="none">Nothing</p>`;
  return html`<ul class="claims token-claims">${claims.map(renderClaim)}</ul>`;
}

function renderClaim({ name, value, layer, origin }: TokenClaim): Html {
  const isMoment = layer === 'cognito' && ['exp', 'iat', 'auth_time'].includes(name);
  const detail =
    origin?.source ?? (origin?.revision === undefined ? undefined : `rev ${origin.revision}`);
  return html`<li class="claim"><span class="claim-name">${name}</span>
<span class="claim-value">${renderValue(value)}${isMoment && html`<span class="moment">${formatMoment(Number(value))} UTC</span>`}</span>
${layer !== 'cognito' && html`<span class="claim-notes">${renderBadge(layer, detail)}</span>`}</li>`;
}

function renderDrift(claims: readonly TokenClaim[]): Html {
  if (!claims.some(({ layer }) => layer === 'trigger')) return html``;
  return html`<p class="advice">${renderBadge('trigger')} marks what the table does not say now: the trigger may still serve an older read from its cache, or it is not this project’s own.</p>`;
}

function renderIgnored({ ignoredClaims }: IssuedToken): Html {
  if (ignoredClaims.length === 0) return html``;
  return html`<p class="advice">The trigger touched reserved claims in vain: ${ignoredClaims.join(', ')}</p>`;
}

function renderRaw(accessToken: string): Html {
  const [header = '', payload = '', signature = ''] = accessToken.split('.');
  return html`<details class="raw-token" open><summary>Access token, ${accessToken.length.toLocaleString('en-US')} characters</summary>
<button type="button" class="button is-quiet" data-copy="#raw-token" hidden>Copy</button>
<pre class="raw" id="raw-token" tabindex="0" aria-label="Access token"><span class="jwt-header">${header}</span>.<span class="jwt-payload">${payload}</span>.<span class="jwt-signature">${signature}</span></pre></details>`;
}
