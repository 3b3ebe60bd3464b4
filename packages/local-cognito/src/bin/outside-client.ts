import { CognitoJwtVerifier } from 'aws-jwt-verify';
import { decomposeUnverifiedJwt } from 'aws-jwt-verify/jwt';
import type { LocalClient, LocalPool } from '../start-options.ts';

/** What the token endpoint answered. */
export interface TokenAnswer {
  readonly status: number;
  /** The answer's body. */
  readonly text: string;
  /** The access token, empty if there is none. */
  readonly accessToken: string;
  /** The token's payload, not verified. */
  readonly payload: { readonly [name: string]: unknown };
}

/** Asks for a token over HTTP, as any OAuth client does. */
export async function requestToken(
  pool: LocalPool,
  { clientId, clientSecret }: LocalClient,
  metadata?: { readonly [key: string]: string },
): Promise<TokenAnswer> {
  const response = await fetch(pool.tokenEndpoint, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: clientId,
      client_secret: clientSecret,
      ...(metadata && { aws_client_metadata: JSON.stringify(metadata) }),
    }),
  });
  const text = await response.text();
  const { access_token: accessToken = '' } = JSON.parse(text) as { access_token?: string };
  const payload = accessToken === '' ? {} : { ...decomposeUnverifiedJwt(accessToken).payload };
  return { status: response.status, text, accessToken, payload };
}

/**
 * Verifies a token with the verifier that resource servers use, as it is.
 *
 * @throws What the verifier throws for a token that is not valid.
 */
export async function verifyToken(
  pool: LocalPool,
  { clientId }: LocalClient,
  { accessToken }: TokenAnswer,
): Promise<void> {
  const verifier = CognitoJwtVerifier.create({
    userPoolId: pool.userPoolId,
    tokenUse: 'access',
    clientId,
  });
  // The key set comes from this machine; everything else is the verifier's own work.
  const keySet = await (await fetch(pool.jwksUri)).json();
  verifier.cacheJwks(keySet as Parameters<typeof verifier.cacheJwks>[0]);
  await verifier.verify(accessToken);
}
