import { invalidOption, VerifyError } from './errors.ts';
import type { ScopeCheck } from './verifier-options.ts';

/**
 * Checks the granted scopes of a token against what a call needs.
 *
 * @param check - One that `assertScopeCheck` has seen.
 * @throws {VerifyError} `ERR_TOKEN_SCOPE`.
 */
export function checkScopes(granted: readonly string[], check: ScopeCheck): void {
  if (check === null) return;
  const isGranted = (scope: string) => granted.includes(scope);
  if (check.all?.every(isGranted) ?? check.any?.some(isGranted)) return;
  throw new VerifyError('ERR_TOKEN_SCOPE', { detail: `Needed: ${describeScopes(check)}.` });
}

/**
 * Refuses a scope check that would let more through than it says: callers without types can leave it out, pass an empty
 * list, or both lists.
 *
 * @throws {VerifyError} `ERR_VERIFIER_OPTIONS`.
 */
export function assertScopeCheck(check: ScopeCheck | undefined): asserts check is ScopeCheck {
  if (check === null) return;
  const lists = [check?.all, check?.any].filter((list) => list !== undefined);
  if (lists.length === 1 && lists.every((list) => Array.isArray(list) && list.length > 0)) return;
  throw invalidOption(
    '"scopes" must be { all: […] }, { any: […] } with one scope or more, or null.',
  );
}

/** Renders the scopes that a call needs. */
function describeScopes(check: Exclude<ScopeCheck, null>): string {
  return check.all === undefined
    ? `any of ${check.any?.join(' ')}`
    : `all of ${check.all.join(' ')}`;
}
