import type { JwtPayload } from 'aws-jwt-verify/jwt-model';
import { VerifyError } from './errors.ts';
import type { TokenChecks } from './verifier-options.ts';

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

/** Splits the `scope` claim, which is a text with blanks between the scopes. */
export function splitScopes(scope: unknown): string[] {
  return typeof scope === 'string' ? scope.split(' ').filter((name) => name !== '') : [];
}
