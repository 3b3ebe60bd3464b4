import type { JwtPayload } from 'aws-jwt-verify/jwt-model';
import { invalidOption, VerifyError } from './errors.ts';
import type { ScopeCheck, TokenChecks } from './verifier-options.ts';

/** What every access token of Amazon Cognito carries and the checks need. */
export interface TokenFacts {
  readonly clientId: string;
  readonly scopes: readonly string[];
  readonly expiresAt: number;
}

/** What a token is checked for, once its signature is known to be good. */
export interface CallerChecks extends TokenChecks {
  /** `undefined` takes every client. */
  readonly clientIds: ReadonlySet<string> | undefined;
}

/**
 * Checks who a verified token was issued to, and for what use.
 *
 * @throws {VerifyError} `ERR_TOKEN_MALFORMED` for a token that never expires, and what `checkCaller` throws.
 */
export function checkToken(payload: JwtPayload, checks: CallerChecks): TokenFacts {
  const { exp: expiresAt, scope } = payload;
  if (expiresAt === undefined) {
    throw new VerifyError('ERR_TOKEN_MALFORMED', { detail: 'It never expires.' });
  }
  return { clientId: checkCaller(payload, checks), scopes: splitScopes(scope), expiresAt };
}

/**
 * Checks the claims that say who calls.
 *
 * @returns The app client's id.
 * @throws {VerifyError} `ERR_TOKEN_USE`, `ERR_TOKEN_GRANT`, `ERR_TOKEN_CLIENT`.
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-access-token.html
 */
export function checkCaller(
  claims: { readonly [name: string]: unknown },
  { tokenUse, grant, clientIds }: CallerChecks,
): string {
  if (tokenUse !== null && claims['token_use'] !== tokenUse) throw new VerifyError('ERR_TOKEN_USE');
  // The access token of a user names the user; that of a machine has no such claim.
  if (grant !== null && claims['username'] !== undefined) throw new VerifyError('ERR_TOKEN_GRANT');
  const clientId = claims['client_id'];
  if (typeof clientId !== 'string' || clientIds?.has(clientId) === false) {
    throw new VerifyError('ERR_TOKEN_CLIENT');
  }
  return clientId;
}

/** Splits the `scope` claim, a string with spaces between the scopes. */
export function splitScopes(scope: unknown): string[] {
  return typeof scope === 'string' ? scope.split(' ').filter((name) => name !== '') : [];
}

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
