import { type Claims, RESERVED_CLAIM_NAMES, type Resolution } from '@cognito-m2m/claim-schema';
import { grantedScopes } from '../prediction/predicted-token.ts';
import { type ClaimDiff, diffClaims } from '../prediction/token-diff.ts';

/** A real token against the one that `explain` shows. */
interface TokenComparison {
  readonly isSame: boolean;
  /** `before` is what explain shows, `after` what the token holds. */
  readonly claims: readonly ClaimDiff[];
  /** Scopes that the token should have and has not. */
  readonly missingScopes: readonly string[];
  /** Scopes that it has and should not. */
  readonly extraScopes: readonly string[];
  /** What each side says, only if they differ: `issued` or a code. */
  readonly outcome?: { readonly expected: string; readonly actual: string } | undefined;
}

/** The real answer, as far as the comparison needs it. */
export type ActualToken =
  | { readonly outcome: 'issued'; readonly payload: Claims; readonly scopes: readonly string[] }
  | { readonly outcome: string };

/** Compares a real answer with the expected resolution. @param asked - Scopes that were asked for. */
export function compareToken(
  expected: Resolution,
  actual: ActualToken,
  asked: readonly string[],
): TokenComparison {
  const expectedOutcome = expected.outcome === 'issue' ? 'issued' : expected.code;
  if (expectedOutcome !== actual.outcome) {
    const outcome = { expected: expectedOutcome, actual: actual.outcome };
    return { isSame: false, claims: [], missingScopes: [], extraScopes: [], outcome };
  }
  if (expected.outcome === 'deny' || !('payload' in actual)) {
    return { isSame: true, claims: [], missingScopes: [], extraScopes: [] };
  }
  const claims = diffClaims(expected.claims, addedClaims(actual.payload));
  const scopes = grantedScopes(asked, expected);
  const missingScopes = scopes.filter((scope) => !actual.scopes.includes(scope));
  const extraScopes = actual.scopes.filter((scope) => !scopes.includes(scope));
  const isSame = claims.length + missingScopes.length + extraScopes.length === 0;
  return { isSame, claims, missingScopes, extraScopes };
}

/** The claims that a trigger added: all but those that Amazon Cognito sets itself. */
export function addedClaims(payload: Claims): Claims {
  return Object.fromEntries(
    Object.entries(payload).filter(([name]) => !RESERVED_CLAIM_NAMES.has(name)),
  );
}
