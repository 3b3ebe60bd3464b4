import { generateKeyPairSync, type KeyObject, randomUUID, sign } from 'node:crypto';
import type { JsonObject } from '../claim-value.ts';
import { A_CLIENT_ID, A_POOL_ID } from './records.ts';

/** The public half of a signing key, as a JSON Web Key. A type and no interface, so that it counts as plain JSON. */
export type PublicJwk = {
  readonly kty: string;
  readonly kid: string;
  readonly alg: string;
  readonly use: string;
  readonly n: string;
  readonly e: string;
};

/** The public keys of one issuer. */
export type Jwks = { readonly keys: PublicJwk[] };

/** What a token is signed for. */
export interface TokenRequest {
  /** @default A_CLIENT_ID */
  readonly clientId?: string;
  /** @default orders/read */
  readonly scopes?: readonly string[];
  /** Claims that the trigger would add. @default none */
  readonly claims?: JsonObject;
  /** Epoch seconds. @default now */
  readonly issuedAt?: number;
  /** How long the token lives, in seconds. @default 3600 */
  readonly lifetimeSeconds?: number;
  /** Replaces fields of the payload, to make a token that Amazon Cognito would not; `undefined` takes one out. */
  readonly payload?: { readonly [name: string]: unknown };
  /** Replaces fields of the header, in the same way. */
  readonly header?: { readonly [name: string]: unknown };
}

/** Signs access tokens of one pretended user pool, with no network. */
export interface TokenSigner {
  readonly issuer: string;
  /** The keys that a verifier needs. */
  readonly jwks: Jwks;
  /** Makes a signed access token, laid out as Amazon Cognito does for client credentials. */
  sign(request?: TokenRequest): string;
}

/** The key size of Amazon Cognito's signing keys, in bits. */
const MODULUS_BITS = 2048;

/**
 * Creates a signer with a new RSA key; creating one takes about 100 ms, signing about one.
 *
 * @param options.issuer - What the tokens carry as `iss`. @default an issuer of Amazon Cognito's form
 * @param options.kid - The id of the key. @default a random one
 */
export function createTokenSigner(
  options: { readonly issuer?: string; readonly kid?: string } = {},
): TokenSigner {
  const issuer = options.issuer ?? `https://cognito-idp.eu-central-1.amazonaws.com/${A_POOL_ID}`;
  const kid = options.kid ?? randomUUID();
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: MODULUS_BITS });
  return {
    issuer,
    jwks: { keys: [toPublicJwk(publicKey, kid)] },
    sign: (request = {}) => {
      const header = { kid, alg: 'RS256', ...request.header };
      const input = `${encode(header)}.${encode(toPayload(issuer, request))}`;
      return `${input}.${sign('sha256', Buffer.from(input), privateKey).toString('base64url')}`;
    },
  };
}

// The order of the fields is that of a real token; `sub` is the client itself.
function toPayload(issuer: string, request: TokenRequest): object {
  const { clientId = A_CLIENT_ID, scopes = ['orders/read'], lifetimeSeconds = 3600 } = request;
  const issuedAt = request.issuedAt ?? Math.floor(Date.now() / 1000);
  return {
    sub: clientId,
    token_use: 'access',
    scope: scopes.join(' '),
    auth_time: issuedAt,
    iss: issuer,
    exp: issuedAt + lifetimeSeconds,
    iat: issuedAt,
    version: 2,
    jti: randomUUID(),
    client_id: clientId,
    ...request.claims,
    ...request.payload,
  };
}

function toPublicJwk(key: KeyObject, kid: string): PublicJwk {
  const { n = '', e = '' } = key.export({ format: 'jwk' });
  return { kty: 'RSA', kid, alg: 'RS256', use: 'sig', n, e };
}

function encode(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}
