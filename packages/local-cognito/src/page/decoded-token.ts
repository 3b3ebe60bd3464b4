import { isDeepStrictEqual } from 'node:util';
import {
  CLAIM_LAYERS,
  type ClaimLayer,
  type ClaimOrigin,
  claimsSizeBytes,
  type Resolution,
} from '@cognito-m2m/claim-schema';
import type { IssueResult } from '../tokens/issue-token.ts';

/** An issued token. */
export type IssuedToken = Extract<IssueResult, { isIssued: true }>;

/** Where a claim of a token comes from; `trigger` for one that the table does not explain (any more). */
export type TokenLayer = ClaimLayer | 'trigger' | 'cognito';

/** One claim of a token. */
export interface TokenClaim {
  readonly name: string;
  readonly value: unknown;
  readonly layer: TokenLayer;
  readonly origin?: ClaimOrigin;
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
  resolution: Resolution,
): TokenClaim[] {
  return Object.entries(payload).map(([name, value]) => {
    if (!customClaims.includes(name)) return { name, value, layer: 'cognito' };
    const origin = originOf(name, value, resolution);
    return { name, value, layer: origin?.layer ?? 'trigger', ...(origin && { origin }) };
  });
}

function originOf(name: string, value: unknown, resolution: Resolution): ClaimOrigin | undefined {
  if (resolution.outcome === 'deny') return undefined;
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
