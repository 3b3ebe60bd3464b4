import { invalidOption, VerifyError } from './errors.ts';
import type { ScopeCheck } from './verifier-options.ts';

/**
 * Checks the granted scopes of a token against what a call needs.
 *
 * @throws {VerifyError} `ERR_TOKEN_SCOPE`; `ERR_VERIFIER_OPTIONS` for a check that was left out or names no scope.
 */
export function checkScopes(granted: readonly string[], check: ScopeCheck): void {
  if (check === null) return;
  assertScopeCheck(check);
  const isGranted = (scope: string) => granted.includes(scope);
  if ('all' in check ? check.all.every(isGranted) : check.any.some(isGranted)) return;
  throw new VerifyError('ERR_TOKEN_SCOPE', { detail: `Needed: ${describeScopes(check)}.` });
}

/**
 * Refuses a scope check that would let everything through: callers without types can leave it out, or pass an empty list.
 *
 * @throws {VerifyError} `ERR_VERIFIER_OPTIONS`.
 */
export function assertScopeCheck(check: ScopeCheck | undefined): asserts check is ScopeCheck {
  if (check === null) return;
  const scopes = check === undefined ? undefined : 'all' in check ? check.all : check.any;
  if (Array.isArray(scopes) && scopes.length > 0) return;
  throw invalidOption(
    '"scopes" must be { all: […] }, { any: […] } with one scope or more, or null.',
  );
}

/** Renders the scopes that a call needs. */
function describeScopes(check: Exclude<ScopeCheck, null>): string {
  return 'all' in check ? `all of ${check.all.join(' ')}` : `any of ${check.any.join(' ')}`;
}
