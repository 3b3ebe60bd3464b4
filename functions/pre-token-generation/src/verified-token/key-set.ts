import { createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto';
import type { TokenIssuer } from '@cognito-m2m/claim-schema';
import { propertyOf } from '@cognito-m2m/claim-schema/values';
import { DocumentError, type FetchJson } from './fetch-json.ts';

/** A public key of an issuer. */
export interface SigningKey {
  readonly keyId: string;
  /** The algorithms that a token may be signed with by this key. */
  readonly algorithms: readonly string[];
  readonly publicKey: KeyObject;
}

/** The only algorithms accepted, by the type of the key: HMAC and `none` have no public key. */
const ALGORITHMS: ReadonlyMap<string, readonly string[]> = new Map([
  ['RSA', ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512']],
  ['EC P-256', ['ES256']],
  ['EC P-384', ['ES384']],
  ['EC P-521', ['ES512']],
  ['OKP Ed25519', ['EdDSA', 'Ed25519']],
]);

/** A shorter RSA key may be factored. RFC 7518, sections 3.3 and 3.5. */
const MIN_RSA_BITS = 2048;

/** Every algorithm that a token may name. */
export const ACCEPTED_ALGORITHMS: ReadonlySet<string> = new Set([...ALGORITHMS.values()].flat());

/** Amazon Cognito's issuers publish their keys at a fixed address. */
const COGNITO_ISSUER =
  /^https:\/\/(?:issuer-)?cognito-idp\.[a-z0-9-]+\.(?:amazonaws\.com|amazonaws\.com\.cn|amazonaws\.eu)\//;

/**
 * Finds the address of an issuer's keys: the declared one, the fixed one of Amazon Cognito, or the discovered one.
 *
 * A discovered address must have the issuer's own origin; another one has to be declared.
 *
 * @throws {DocumentError} If the discovery document cannot be used, and what `fetchJson` throws.
 * @see https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderConfigurationValidation
 */
export async function findKeysUrl(
  { issuer, jwksUri }: Pick<TokenIssuer, 'issuer' | 'jwksUri'>,
  fetchJson: FetchJson,
): Promise<string> {
  if (jwksUri !== undefined) return jwksUri;
  if (COGNITO_ISSUER.test(issuer)) return `${issuer}/.well-known/jwks.json`;
  const address = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
  const document = await fetchJson(address);
  if (propertyOf(document, 'issuer') !== issuer)
    throw new DocumentError('discovery names another issuer');
  const found = propertyOf(document, 'jwks_uri');
  const isOwn = typeof found === 'string' && URL.canParse(found) && isSameOrigin(found, issuer);
  if (!isOwn) throw new DocumentError('discovery names keys of another origin');
  return found;
}

/**
 * Reads the usable keys of a key set; a key of another kind or use is left out.
 *
 * @throws {DocumentError} If the document is not a key set.
 * @see https://www.rfc-editor.org/rfc/rfc7517#section-5
 */
export function readKeySet(document: unknown): SigningKey[] {
  const keys = propertyOf(document, 'keys');
  if (!Array.isArray(keys)) throw new DocumentError('not a key set');
  return keys.flatMap((key: unknown) => readKey(Object(key)) ?? []);
}

function readKey(key: { readonly [name: string]: unknown }): SigningKey | undefined {
  const { kid, kty, crv, alg, use, n, e, x, y } = key;
  const type = typeof crv === 'string' ? `${kty} ${crv}` : `${kty}`;
  const ofType = ALGORITHMS.get(type) ?? [];
  const algorithms = alg === undefined ? ofType : ofType.filter((name) => name === alg);
  const isForSignatures = use === undefined || use === 'sig';
  if (typeof kid !== 'string' || !isForSignatures || algorithms.length === 0) return undefined;
  const publicKey = importKey({ kty, crv, n, e, x, y } as JsonWebKey);
  return publicKey && { keyId: kid, algorithms, publicKey };
}

/** @returns Nothing for members that make no key, whatever their type, and for an RSA key that is too short. */
function importKey(key: JsonWebKey): KeyObject | undefined {
  try {
    const publicKey = createPublicKey({ key, format: 'jwk' });
    const { modulusLength = MIN_RSA_BITS } = { ...publicKey.asymmetricKeyDetails };
    return modulusLength < MIN_RSA_BITS ? undefined : publicKey;
  } catch {
    return undefined;
  }
}

function isSameOrigin(first: string, second: string): boolean {
  return new URL(first).origin === new URL(second).origin;
}
