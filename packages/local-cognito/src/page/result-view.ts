import { type OAuthError, toErrorBody } from '../net/oauth-answer.ts';
import type { TokenOutcome } from '../oauth/grant-token.ts';
import type { IssuedToken } from '../tokens/issue-token.ts';
import { renderBadge, renderValue } from './claim-view.ts';
import type { Budget, TokenClaim } from './explain-result.ts';
import { formatMoment, formatSpan } from './format-time.ts';
import { type Html, html } from './html.ts';

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

/** What the page says about an answer. */
export interface ResultModel {
  readonly outcome: TokenOutcome;
  readonly claims: readonly TokenClaim[];
  readonly budget: Budget | undefined;
  /** What the resolver adds to a refusal: the claim or the key concerned, and what to do. */
  readonly advice: string | undefined;
  /** What was checked of the user's token. */
  readonly userToken: string | undefined;
}

/** Shows a token, decoded, or why there is none. */
export function renderResult(model: ResultModel): Html {
  const { outcome } = model;
  return outcome.ok ? renderToken(outcome.value, model) : renderRefusal(outcome.failure, model);
}

function renderRefusal(error: OAuthError, { advice, budget, userToken }: ResultModel): Html {
  return html`<section class="card result is-refused" id="result" tabindex="-1" aria-labelledby="result-title">
<div class="card-head"><h2 id="result-title">No token</h2><p class="status bad">HTTP ${error.status ?? 400} ${error.error}</p></div>
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
