import { invalidOption, VerifyError } from './errors.ts';
import type { ScopeCheck, TokenChecks } from './verifier-options.ts';

/** What a token is checked for, once its signature is known to be good. */
export interface CallerChecks extends TokenChecks {
  /** `undefined` takes every client. */
  readonly clientIds: ReadonlySet<string> | undefined;
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
