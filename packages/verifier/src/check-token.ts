import type { Contract } from '@cognito-m2m/claim-schema';
import type { JwtPayload } from 'aws-jwt-verify/jwt-model';
import { VerifyError } from './errors.ts';
import type { TrustedPool } from './pool-directory.ts';
import type { VerifierOptions } from './verifier-options.ts';

/** What every access token of Amazon Cognito carries and the checks need. */
export interface TokenFacts {
  readonly clientId: string;
  readonly scopes: readonly string[];
  readonly expiresAt: number;
}

/**
 * Checks who a verified token was issued to, and for what use.
 *
 * @throws {VerifyError} `ERR_TOKEN_MALFORMED` for a token that never expires, `ERR_TOKEN_USE`, `ERR_TOKEN_GRANT`,
 *   `ERR_TOKEN_CLIENT`.
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-access-token.html
 */
export function checkToken(
  payload: JwtPayload,
  pool: TrustedPool,
  options: Pick<VerifierOptions<Contract, string>, 'tokenUse' | 'grant'>,
): TokenFacts {
  const { exp: expiresAt, client_id: clientId, scope = '' } = payload;
  if (expiresAt === undefined) {
    throw new VerifyError('ERR_TOKEN_MALFORMED', { detail: 'It never expires.' });
  }
  if (options.tokenUse !== null && payload['token_use'] !== options.tokenUse) {
    throw new VerifyError('ERR_TOKEN_USE');
  }
  // The access token of a user names the user; that of a machine has no such claim.
  if (options.grant !== null && payload['username'] !== undefined) {
    throw new VerifyError('ERR_TOKEN_GRANT');
  }
  if (typeof clientId !== 'string' || pool.clientIds?.has(clientId) === false) {
    throw new VerifyError('ERR_TOKEN_CLIENT');
  }
  return { clientId, scopes: scope.split(' ').filter((name) => name !== ''), expiresAt };
}
