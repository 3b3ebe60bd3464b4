import type { LocalCognito } from '@cognito-m2m/local-cognito';
import { createRemoteJWKSet, jwtVerify } from 'jose';

/** What a client's secret in Secrets Manager holds. */
export interface ClientCredentials {
  readonly client_id: string;
  readonly client_secret: string;
}

/** A verified token. */
interface VerifiedToken {
  readonly scope: unknown;
  /** What the trigger put in, beside the claims of every token. */
  readonly customClaims: Record<string, unknown>;
}

/** Asks a pool for a token over HTTP and verifies it as any service would. @throws If either fails. */
export async function requestToken(
  cognito: LocalCognito,
  poolName: string,
  credentials: ClientCredentials,
): Promise<VerifiedToken> {
  const pool = cognito.pools.find(({ name }) => name === poolName);
  if (pool === undefined) throw new Error(`no pool ${poolName}`);
  const body = new URLSearchParams({ grant_type: 'client_credentials', ...credentials });
  const response = await fetch(pool.tokenEndpoint, { method: 'POST', body });
  const { access_token: token = '' } = (await response.json()) as { access_token?: string };
  const keys = createRemoteJWKSet(new URL(pool.jwksUri));
  const { payload } = await jwtVerify(token, keys, { issuer: pool.issuer, algorithms: ['RS256'] });
  const { sub, token_use, auth_time, iss, exp, iat, version, jti, client_id, scope, ...rest } =
    payload;
  return { scope, customClaims: rest };
}
