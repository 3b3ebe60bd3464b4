import {
  createPrivateKey,
  createPublicKey,
  generateKeyPair,
  type KeyObject,
  randomBytes,
} from 'node:crypto';
import { promisify } from 'node:util';
import type { SigningKeyState } from '../storage/local-state.ts';
import { type StateStore, withPool } from '../storage/state-store.ts';
import { createJwtSigner, type JwtSigner } from '../tokens/sign-jwt.ts';
import type { UserPool } from './user-pool.ts';

/** A key of a pool's key set. */
interface PublicJwk {
  readonly alg: 'RS256';
  readonly e: string;
  readonly kid: string;
  readonly kty: 'RSA';
  readonly n: string;
  readonly use: 'sig';
}

/** The keys of one pool. */
interface PoolKeys {
  /** Signs access tokens. Its key is parsed once: parsing PEM costs as much as signing. */
  readonly signAccessToken: JwtSigner;
  /** Both public keys. A pool has one for ID tokens and one for access tokens. */
  readonly keySet: { readonly keys: readonly PublicJwk[] };
}

/** Gives the keys of a pool, made when they are first asked for. */
export type KeyProvider = (pool: UserPool) => Promise<PoolKeys>;

const generateKeyPairAsync = promisify(generateKeyPair);

/** Creates a provider whose keys are kept by `store`. */
export function createKeyProvider(store: StateStore): KeyProvider {
  const cache = new Map<string, Promise<PoolKeys>>();
  return (pool) => {
    const known = cache.get(pool.name);
    if (known !== undefined) return known;
    const keys = loadKeys(store, pool);
    cache.set(pool.name, keys);
    // A failed write must not stay for ever.
    keys.catch(() => cache.delete(pool.name));
    return keys;
  };
}

async function loadKeys(store: StateStore, pool: UserPool): Promise<PoolKeys> {
  const known = store.current().pools[pool.name]?.signingKeys ?? [];
  if (known.length > 0) return toPoolKeys(known);
  const signingKeys = await Promise.all([generateKey(), generateKey()]);
  await store.update((state) => withPool(state, pool.name, (old) => ({ ...old, signingKeys })));
  return toPoolKeys(signingKeys);
}

async function generateKey(): Promise<SigningKeyState> {
  const { privateKey } = await generateKeyPairAsync('rsa', { modulusLength: 2048 });
  const privateKeyPem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  return { kid: randomBytes(32).toString('base64'), privateKeyPem };
}

function toPoolKeys(states: readonly SigningKeyState[]): PoolKeys {
  const keys = states.map(({ kid, privateKeyPem }) => ({
    kid,
    privateKey: createPrivateKey(privateKeyPem),
  }));
  const accessTokenKey = keys.at(-1);
  if (accessTokenKey === undefined) throw new Error('A pool has no signing key.');
  return {
    signAccessToken: createJwtSigner(accessTokenKey),
    keySet: { keys: keys.map(toPublicJwk) },
  };
}

function toPublicJwk({ kid, privateKey }: { kid: string; privateKey: KeyObject }): PublicJwk {
  const { e = '', n = '' } = createPublicKey(privateKey).export({ format: 'jwk' });
  return { alg: 'RS256', e, kid, kty: 'RSA', n, use: 'sig' };
}
