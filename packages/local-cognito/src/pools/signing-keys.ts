import {
  createPrivateKey,
  createPublicKey,
  generateKeyPair,
  type KeyObject,
  randomBytes,
  sign,
} from 'node:crypto';
import { promisify } from 'node:util';
import { ownEntry, type SigningKeyState, type StateStore, withPool } from '../state/local-state.ts';
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

/** The public keys of one pool. */
interface KeySet {
  readonly keys: readonly PublicJwk[];
}

/** The keys of every pool; each is made when it is first asked for. */
export interface KeyProvider {
  /** What signs a pool's access tokens. Its key is parsed once: parsing PEM costs as much as signing. */
  signer(pool: UserPool): Promise<JwtSigner>;
  /** Both public keys of a pool. It has one for ID tokens and one for access tokens. */
  keySet(pool: UserPool): Promise<KeySet>;
}

const generateKeyPairAsync = promisify(generateKeyPair);

/** Creates a provider whose keys are kept by `store`. */
export function createKeyProvider(store: StateStore): KeyProvider {
  const signer = oncePerPool(async (pool) => {
    const key = (await ensureKeys(store, pool, 1)).at(-1);
    if (key === undefined) throw new Error('A pool has no signing key.');
    return createJwtSigner({ kid: key.kid, privateKey: createPrivateKey(key.privateKeyPem) });
  });
  const keySet = oncePerPool(async (pool) => {
    // The key that signs comes first: somebody may wait for a token.
    await signer(pool);
    const keys = await ensureKeys(store, pool, 2);
    return { keys: keys.map(toPublicJwk) };
  });
  return { signer, keySet };
}

/**
 * Makes the keys that sign, one after the other, before anybody asks for a token.
 *
 * @returns A function that stops it, and waits for the key that is being made.
 */
export function prepareSigners(
  { signer }: KeyProvider,
  pools: readonly UserPool[],
): () => Promise<void> {
  let isStopped = false;
  const prepare = async () => {
    for (const pool of pools) if (!isStopped) await signer(pool);
  };
  // A key that cannot be kept is created again when a token is requested, and that request reports the fault.
  const prepared = prepare().catch(() => undefined);
  return () => {
    isStopped = true;
    return prepared;
  };
}

function oncePerPool<T>(make: (pool: UserPool) => Promise<T>): (pool: UserPool) => Promise<T> {
  const made = new Map<string, Promise<T>>();
  return (pool) => {
    const known = made.get(pool.userPoolId);
    if (known !== undefined) return known;
    const value = make(pool);
    made.set(pool.userPoolId, value);
    // A failed write must not stay forever.
    value.catch(() => made.delete(pool.userPoolId));
    return value;
  };
}

/** The keys of a pool, of which the last one signs; missing ones are made and kept before anything is signed. */
async function ensureKeys(
  store: StateStore,
  pool: UserPool,
  count: number,
): Promise<readonly SigningKeyState[]> {
  const known = ownEntry(store.current().pools, pool.key)?.signingKeys ?? [];
  if (known.length >= count) return known;
  const key = await generateKey();
  await store.update((state) =>
    withPool(state, pool.key, (old) => ({ ...old, signingKeys: [key, ...old.signingKeys] })),
  );
  return ensureKeys(store, pool, count);
}

async function generateKey(): Promise<SigningKeyState> {
  const { privateKey } = await generateKeyPairAsync('rsa', { modulusLength: 2048 });
  const privateKeyPem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  return { kid: randomBytes(32).toString('base64'), privateKeyPem };
}

function toPublicJwk({ kid, privateKeyPem }: SigningKeyState): PublicJwk {
  const { e = '', n = '' } = createPublicKey(privateKeyPem).export({ format: 'jwk' });
  return { alg: 'RS256', e, kid, kty: 'RSA', n, use: 'sig' };
}

/** Signs a payload. */
type JwtSigner = (payload: object) => Promise<string>;

// With a callback the signature is computed on the thread pool, not on the event loop.
const signAsync = promisify<string, Buffer, KeyObject, Buffer>(sign);

/** Creates a signer for RS256. The header has only `kid` and `alg`, in this order, as Amazon Cognito's has. */
function createJwtSigner(key: { readonly kid: string; readonly privateKey: KeyObject }): JwtSigner {
  const header = encode({ kid: key.kid, alg: 'RS256' });
  return async (payload) => {
    const signed = `${header}.${encode(payload)}`;
    const signature = await signAsync('RSA-SHA256', Buffer.from(signed), key.privateKey);
    return `${signed}.${signature.toString('base64url')}`;
  };
}

function encode(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}
