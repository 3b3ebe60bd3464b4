import { findJwkInJwks, SimpleJwksCache } from 'aws-jwt-verify/jwk';
import type { Jwt } from 'aws-jwt-verify/jwt-model';
import { KeyObjectCache } from 'aws-jwt-verify/jwt-verifier';
import { VerifyError } from './errors.ts';
import { type DocumentFetcher, invalidDocument } from './fetch-document.ts';
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
 * Creates the store of keys over aws-jwt-verify's caches.
 *
 * Keys stay until a token names another one; then they are read anew, at most once in 10 seconds.
 */
export function createSigningKeys(
  directory: PoolDirectory,
  fetchDocument: DocumentFetcher,
): SigningKeys {
  const jwksCache = new SimpleJwksCache({ fetcher: { fetch: fetchDocument } });
  const keyObjects = new KeyObjectCache();
  return {
    async findJwk(_jwksUri, jwt) {
      const pool = await findPool(directory, jwt);
      if (pool.jwks === undefined) return jwksCache.getJwk(pool.jwksUri, jwt);
      const jwk = findJwkInJwks(pool.jwks, jwt.header.kid as string);
      if (jwk === undefined) throw new VerifyError('ERR_TOKEN_KEY_UNKNOWN');
      return jwk;
    },
    async toKeyObject(jwk, algorithm, issuer) {
      try {
        return await keyObjects.transformJwkToKeyObjectAsync(jwk, algorithm, issuer);
      } catch {
        throw invalidDocument(`the keys of ${issuer}`, 'a key can not be read');
      }
    },
    async prefetch(pool) {
      if (pool.jwks === undefined) await jwksCache.getJwks(pool.jwksUri);
    },
  };
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
