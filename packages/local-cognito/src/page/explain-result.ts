import { isDeepStrictEqual } from 'node:util';
import {
  CLAIM_LAYERS,
  type ClaimLayer,
  type ClaimLayers,
  type ClaimOrigin,
  claimsSizeBytes,
  DENIAL_MESSAGES,
  type Resolution,
} from '@cognito-m2m/claim-schema';
import type { IssuedToken } from '../tokens/issue-token.ts';

/** Where a claim of a token comes from; `trigger` for one that the table does not explain, or no longer explains. */
export type TokenLayer = ClaimLayer | 'trigger' | 'cognito';

/** One claim of a token. */
export interface TokenClaim {
  readonly name: string;
  readonly value: unknown;
  readonly layer: TokenLayer;
  readonly origin?: ClaimOrigin | undefined;
}

/** How much of the size budget the added claims take. */
export interface Budget {
  readonly limitBytes: number;
  readonly usedBytes: number;
  /** The bytes by layer, in the order of the layers. */
  readonly parts: readonly { readonly layer: TokenLayer; readonly sizeBytes: number }[];
}

/** Explains the claims of a token by what the resolver says about the records in the table. */
export function explainToken(
  { payload, customClaims }: IssuedToken,
  resolution: Resolution | undefined,
): TokenClaim[] {
  return Object.entries(payload).map(([name, value]) => {
    if (!customClaims.includes(name)) return { name, value, layer: 'cognito' };
    const origin = originOf(name, value, resolution);
    return { name, value, layer: origin?.layer ?? 'trigger', origin };
  });
}

function originOf(
  name: string,
  value: unknown,
  resolution: Resolution | undefined,
): ClaimOrigin | undefined {
  if (resolution === undefined || resolution.outcome === 'deny') return undefined;
  return isDeepStrictEqual(resolution.claims[name], value)
    ? resolution.provenance[name]
    : undefined;
}

/** Measures the added claims as the trigger does: bytes of compact JSON. */
export function measureBudget(
  claims: readonly Omit<TokenClaim, 'origin'>[],
  limitBytes: number,
): Budget {
  const added = claims.filter(({ layer }) => layer !== 'cognito');
  const parts = [...CLAIM_LAYERS, 'trigger' as const].flatMap((layer) => {
    const own = added.filter((claim) => claim.layer === layer);
    return own.length === 0 ? [] : [{ layer, sizeBytes: sizeOf(own) }];
  });
  return { limitBytes, usedBytes: sizeOf(added), parts };
}

function sizeOf(claims: readonly Omit<TokenClaim, 'origin'>[]): number {
  return claimsSizeBytes(Object.fromEntries(claims.map(({ name, value }) => [name, value])));
}

/** Says more about a refusal than its caller reads: which claim or key, and what is allowed. */
export function adviseOnDenial(
  resolution: Resolution,
  { baseline, override }: ClaimLayers,
): string | undefined {
  if (resolution.outcome === 'issue') return undefined;
  const { code, subject } = resolution;
  if (code === 'ERR_METADATA_REQUIRED' || code === 'ERR_METADATA_NOT_ALLOWED') {
    const selectors = Object.values(baseline?.claimsFromMetadata ?? {});
    const allow = selectors.find(({ key }) => key === subject)?.allow ?? [];
    return `Metadata key ${subject}: send one of ${allow.join(', ')}.`;
  }
  if (code === 'ERR_TOKEN_REQUIRED') return `Metadata key ${subject}: send the token of a user.`;
  if (code.startsWith('ERR_TOKEN_')) return DENIAL_MESSAGES[code];
  if (override?.disabled === true) {
    const { revision, updatedBy, updatedAt, reason } = override;
    return `Disabled by ${updatedBy} at ${updatedAt}, revision ${revision}: ${reason}`;
  }
  // The reason above it says the same; only the claim is new.
  return subject === undefined ? undefined : `${DENIAL_MESSAGES[code]} Claim: ${subject}.`;
}
