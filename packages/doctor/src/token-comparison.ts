import { isDeepStrictEqual } from 'node:util';
import {
  type Claims,
  type ClaimValue,
  RESERVED_CLAIM_NAMES,
  type Resolution,
} from '@cognito-m2m/claim-schema';

/** One claim that two tokens do not share. */
export interface ClaimDiff {
  readonly name: string;
  readonly change: 'added' | 'removed' | 'changed';
  /** @default absent for an added claim */
  readonly before?: ClaimValue;
  /** @default absent for a removed claim */
  readonly after?: ClaimValue;
}

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

/** Compares claims by name; values as JSON, key order aside. */
export function diffClaims(before: Claims, after: Claims): ClaimDiff[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return names.flatMap((name): ClaimDiff[] => {
    const old = Object.hasOwn(before, name) ? before[name] : undefined;
    const fresh = Object.hasOwn(after, name) ? after[name] : undefined;
    if (old === undefined)
      return fresh === undefined ? [] : [{ name, change: 'added', after: fresh }];
    if (fresh === undefined) return [{ name, change: 'removed', before: old }];
    return isDeepStrictEqual(old, fresh)
      ? []
      : [{ name, change: 'changed', before: old, after: fresh }];
  });
}

/** The scopes of the token: asked for, plus what the client's record adds, minus what it suppresses. */
export function grantedScopes(asked: readonly string[], resolution: Resolution): string[] {
  if (resolution.outcome === 'deny') return [];
  const { add, suppress } = resolution.scopes;
  return [...new Set([...asked, ...add])].filter((scope) => !suppress.includes(scope)).sort();
}
