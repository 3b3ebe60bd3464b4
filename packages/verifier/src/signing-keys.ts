import { createPublicKey, type KeyObject } from 'node:crypto';
import { findJwkInJwks, isJwks, type Jwk, SimpleJwksCache } from 'aws-jwt-verify/jwk';
import type { Jwt } from 'aws-jwt-verify/jwt-model';
import type { KeyObjectCache } from 'aws-jwt-verify/jwt-verifier';
import { VerifyError } from './errors.ts';
import { type DocumentFetcher, invalidDocument, parseJson } from './fetch-document.ts';
import type { PoolDirectory, TrustedPool } from './pool-directory.ts';

/** The public keys of all trusted pools. */
export interface SigningKeys {
  /** Finds the key of a token that is not verified yet; reads the issuer's keys anew if it has one that is not known. */
  readonly findJwk: (jwksUri: string, jwt: Jwt) => ReturnType<SimpleJwksCache['getJwk']>;
  /** Turns a key into the form that verifies, and keeps it. */
  readonly toKeyObject: KeyObjectCache['transformJwkToKeyObjectAsync'];
  /** Reads the keys of a pool. */
  readonly prefetch: (pool: TrustedPool) => Promise<void>;
}

/**
 * Creates the store of keys over aws-jwt-verify's cache.
 *
 * Keys stay until a token names another one; then they are read anew, at most once in 10 seconds. A key lives no longer than
 * the document that held it: the same `kid` with a new key, as an issuer may answer after a leak, is a new key here.
 */
export function createSigningKeys(
  directory: PoolDirectory,
  fetchDocument: DocumentFetcher,
): SigningKeys {
  const fetch = (url: string) => fetchDocument(url, (document) => checkKeys(url, document));
  const jwksCache = new SimpleJwksCache({ fetcher: { fetch } });
  const keyObjects = new WeakMap<Jwk, KeyObject>();
  return {
    async findJwk(_jwksUri, jwt) {
      const pool = await findPool(directory, jwt);
      if (pool.jwks === undefined) return jwksCache.getJwk(pool.jwksUri, jwt);
      const jwk = findJwkInJwks(pool.jwks, jwt.header.kid as string);
      if (jwk === undefined) throw new VerifyError('ERR_TOKEN_KEY_UNKNOWN');
      return jwk;
    },
    async toKeyObject(jwk, _algorithm, issuer) {
      const known = keyObjects.get(jwk);
      if (known !== undefined) return known;
      const keyObject = readKey(jwk, issuer);
      keyObjects.set(jwk, keyObject);
      return keyObject;
    },
    async prefetch(pool) {
      if (pool.jwks === undefined) await jwksCache.getJwks(pool.jwksUri);
    },
  };
}

// The cache parses the document once more; here a document without keys still counts as a failed reading.
function checkKeys(url: string, document: ArrayBuffer): ArrayBuffer {
  if (isJwks(parseJson(url, document) as Parameters<typeof isJwks>[0])) return document;
  throw invalidDocument(url, 'it holds no keys');
}

function readKey(jwk: Jwk, issuer: string | null | undefined): KeyObject {
  const keys = `the keys of ${issuer}`;
  // Without `alg`, a key of another kind would fail as late as in the check of the signature.
  if (jwk.kty !== 'RSA') throw invalidDocument(keys, 'a key is no RSA key');
  try {
    return createPublicKey({ key: { ...jwk }, format: 'jwk' });
  } catch {
    throw invalidDocument(keys, 'a key can not be read');
  }
}

// Before any key is looked up: a foreign issuer or algorithm must not cause a request.
async function findPool(directory: PoolDirectory, { header, payload }: Jwt): Promise<TrustedPool> {
  if (header.alg !== 'RS256') throw new VerifyError('ERR_TOKEN_ALGORITHM');
  // Extensions that a token calls critical must be understood, and we know none. RFC 7515, section 4.1.11.
  if (header['crit'] !== undefined || header.kid === undefined) {
    throw new VerifyError('ERR_TOKEN_MALFORMED');
  }
  const issuer = payload.iss ?? '';
  return directory.known(issuer) ?? (await directory.find(issuer));
}
