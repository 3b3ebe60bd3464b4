import type { ClaimLayer, ClaimLayers } from '@cognito-m2m/claim-schema';
import { LAYER_TEXTS, renderBadge, renderValue } from './claim-view.ts';
import type { LayeredClaim, LayerListing } from './client-layers.ts';
import { formatMoment, formatSpan } from './format-time.ts';
import { type Html, html } from './html.ts';

/** The claims of a client by layer, the lowest on top, as they are for the request in the form. */
export function renderLayers(
  listings: readonly LayerListing[],
  records: ClaimLayers,
  now: number,
): Html {
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
