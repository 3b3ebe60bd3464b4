import {
  CLAIM_LAYERS,
  type ClaimLayer,
  type ClaimLayers,
  type ClaimOrigin,
  type ClaimRequest,
  type ClaimValue,
  type IssuedClaims,
  isClaimValue,
  type Resolution,
  type TokenSelector,
  type TokenVerdict,
} from '@cognito-m2m/claim-schema';

/** What becomes of a claim of one layer. */
type ClaimState =
  | 'in-token'
  | 'overruled'
  | 'expired'
  | 'suppressed'
  | 'not-granted'
  | 'not-sent'
  | 'unverified'
  | 'reserved';

/** One claim as one layer declares it. */
export interface LayeredClaim {
  readonly name: string;
  /** Absent for a claim that the caller's metadata has yet to choose. */
  readonly value?: ClaimValue | undefined;
  /** The scope or the metadata key that brings the claim. */
  readonly source?: string | undefined;
  /** Epoch seconds. */
  readonly expiresAt?: number | undefined;
  /** The values that metadata may choose from. */
  readonly allow?: readonly string[] | undefined;
  readonly isRequired?: boolean | undefined;
  /** Absent when there is no token to be in. */
  readonly state?: ClaimState | undefined;
  /** The layer that wins, for `overruled`. */
  readonly winner?: ClaimLayer | undefined;
}

/** One layer with its claims. */
export interface LayerListing {
  readonly layer: ClaimLayer;
  readonly claims: readonly LayeredClaim[];
}

/** What the claims are listed for. */
export interface ListingContext {
  readonly request: ClaimRequest;
  /** What the resolver says to that request. */
  readonly resolution: Resolution;
  /** Epoch seconds. */
  readonly now: number;
}

/** Lists the claims of all layers, lowest layer first, each with what the resolver makes of it. */
export function listLayers(records: ClaimLayers, context: ListingContext): LayerListing[] {
  const declared = declareAll(records, context.request);
  return CLAIM_LAYERS.map((layer) => ({
    layer,
    claims: declared[layer].map((claim) => ({ ...claim, ...judge(layer, claim, context) })),
  }));
}

type Declared = Omit<LayeredClaim, 'state' | 'winner'>;

function declareAll(
  { baseline, override }: ClaimLayers,
  { metadata, token }: ClaimRequest,
): Record<ClaimLayer, Declared[]> {
  const selectors = Object.entries(baseline?.claimsFromMetadata ?? {});
  return {
    default: toDeclared(baseline?.defaults),
    baseline: toDeclared(baseline?.claims),
    override: Object.entries(override?.claims ?? {}).map(([name, claim]) => ({ name, ...claim })),
    scope: Object.entries(baseline?.claimsByScope ?? {}).flatMap(([source, claims]) =>
      toDeclared(claims, source),
    ),
    metadata: selectors.map(([name, { key, allow, required }]) => {
      const value = metadata && Object.hasOwn(metadata, key) ? metadata[key] : undefined;
      const isChosen = typeof value === 'string' && allow.includes(value);
      return {
        name,
        source: key,
        allow,
        isRequired: required,
        value: isChosen ? value : undefined,
      };
    }),
    token: declareFromToken(baseline?.claimsFromToken, token),
  };
}

function declareFromToken(
  selector: TokenSelector | undefined,
  verdict: TokenVerdict | undefined,
): Declared[] {
  if (selector === undefined) return [];
  const values = verdict?.outcome === 'verified' ? verdict.claims : {};
  return Object.keys(selector.claims).map((name) => {
    const value = Object.hasOwn(values, name) ? values[name] : undefined;
    const declared = { name, source: selector.key, isRequired: selector.required };
    return isClaimValue(value) ? { ...declared, value } : declared;
  });
}

function toDeclared(claims: { readonly [name: string]: ClaimValue } = {}, source?: string) {
  return Object.entries(claims).map(([name, value]) => ({
    name,
    value,
    source,
  }));
}

function judge(
  layer: ClaimLayer,
  claim: Declared,
  { resolution, now }: ListingContext,
): Pick<LayeredClaim, 'state' | 'winner'> {
  const { name, source, expiresAt } = claim;
  if (expiresAt !== undefined && expiresAt <= now) return { state: 'expired' };
  if (resolution.outcome === 'deny') return {};
  const origin = resolution.provenance[name];
  if (isFrom(origin, layer, source)) return { state: 'in-token' };
  return { state: findReason(layer, claim, resolution), winner: origin?.layer };
}

function isFrom(origin: ClaimOrigin | undefined, layer: ClaimLayer, source?: string): boolean {
  return origin?.layer === layer && origin.source === source;
}

function findReason(layer: ClaimLayer, claim: Declared, issued: IssuedClaims): ClaimState {
  const { name } = claim;
  if (issued.suppress.includes(name)) return 'suppressed';
  const drop = issued.dropped.find((dropped) => dropped.name === name && dropped.layer === layer);
  if (drop?.reason === 'unverified' || drop?.reason === 'keys-unavailable') return 'unverified';
  if (drop !== undefined) return 'reserved';
  const isOfRequest = layer === 'metadata' || layer === 'token';
  if (isOfRequest && claim.value === undefined) return 'not-sent';
  const winner = issued.provenance[name]?.layer;
  const isBeaten =
    winner !== undefined && CLAIM_LAYERS.indexOf(winner) > CLAIM_LAYERS.indexOf(layer);
  if (isBeaten) return 'overruled';
  // What is left: the scope was not granted, or a later scope sets the same claim.
  return layer === 'scope' && winner === 'scope' ? 'overruled' : 'not-granted';
}
