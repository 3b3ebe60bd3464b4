import type { LocalEnvironment } from '@cognito-m2m/local-cognito/environment';
import { createRemoteJWKSet, type JWTPayload, jwtVerify } from 'jose';

type LocalPool = LocalEnvironment['pools'][number];
type LocalClient = LocalPool['clients'][number];

/** An app client of a local Cognito, with its pool. */
export type FoundClient = LocalClient & { readonly pool: LocalPool };

/** The response of a token endpoint. */
export interface TokenResponse {
  readonly status: number;
  readonly access_token?: string;
  readonly token_type?: string;
  readonly expires_in?: number;
  readonly error?: string;
}

/** Finds a pool of a local Cognito. @throws If it has no such pool. */
export function findPool({ pools }: Pick<LocalEnvironment, 'pools'>, name: string): LocalPool {
  const pool = pools.find((candidate) => candidate.name === name);
  if (pool === undefined) throw new Error(`There is no pool ${name}.`);
  return pool;
}

/** Finds an app client of a local Cognito. @throws If the pool has no such client. */
export function findClient(
  cognito: Pick<LocalEnvironment, 'pools'>,
  poolName: string,
  name: string,
): FoundClient {
  const pool = findPool(cognito, poolName);
  const client = pool.clients.find((candidate) => candidate.name === name);
  if (client === undefined) throw new Error(`Pool ${poolName} has no client ${name}.`);
  return { ...client, pool };
}

/** The form of a token request. @param fields - Fields to add or to replace. */
export function tokenForm(
  { clientId, clientSecret }: Pick<LocalClient, 'clientId' | 'clientSecret'>,
  fields: Readonly<Record<string, string>> = {},
): URLSearchParams {
  return new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: clientId,
    client_secret: clientSecret,
    ...fields,
  });
}

/** Requests a token over HTTP. @param fields - Fields of the form to add or to replace. */
export async function requestToken(
  client: FoundClient,
  fields?: Readonly<Record<string, string>>,
): Promise<TokenResponse> {
  const response = await fetch(client.pool.tokenEndpoint, {
    method: 'POST',
    body: tokenForm(client, fields),
  });
  return { status: response.status, ...Object(await response.json()) };
}

/** Requests a token and verifies it as any service would. @throws If either fails. */
export async function requestClaims(
  client: FoundClient,
  fields?: Readonly<Record<string, string>>,
): Promise<JWTPayload> {
  const { access_token: token = '' } = await requestToken(client, fields);
  const keys = createRemoteJWKSet(new URL(client.pool.jwksUri));
  const { payload } = await jwtVerify(token, keys, {
    issuer: client.pool.issuer,
    algorithms: ['RS256'],
  });
  return payload;
}
