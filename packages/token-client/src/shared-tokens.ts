import type { ClientCredentials } from './credentials.ts';
import type { IssuedToken } from './request-token.ts';
import type { IssuerClock, TimeSource } from './time.ts';
import type { TokenKey } from './token-request.ts';
import type { StoredValue, TokenStore } from './token-store.ts';

/** What one process wants of the others. */
interface SharedRequest {
  readonly endpointUrl: string;
  readonly credentials: ClientCredentials;
  readonly key: TokenKey;
  /** False: the caller has a token that serves, and does not wait for the process that holds the lease. */
  readonly mayWait: boolean;
  /** True for a shared token that is worth taking. */
  isWelcome(token: IssuedToken): boolean;
  /** Requests a token from the endpoint. */
  request(): Promise<IssuedToken>;
}

/** Tokens that a fleet shares. */
interface SharedTokens {
  /**
   * Takes the token that another process has requested, or requests one and shares it.
   *
   * A store that fails or a lease that does not end is not a failure: the token is then requested without it.
   *
   * @returns `undefined` if another process is requesting it and this one need not wait.
   */
  obtain(
    wanted: SharedRequest,
  ): Promise<{ readonly token: IssuedToken; readonly isShared: boolean } | undefined>;
}

/** How long one process may take to request a token: the trigger may use 5 seconds. */
const LEASE_MS = 6_000;

/** How long a store that failed is left alone, in milliseconds: a slow store must not slow down every token. */
const STORE_HOLD_MS = 5_000;

/** Between two looks at a lease, in milliseconds, with jitter and growing. */
const FIRST_POLL_MS = 50;
const LAST_POLL_MS = 800;

/** What `shareTokens` needs. */
interface SharingOptions {
  readonly store: TokenStore;
  /** How long a call of the store may take, in milliseconds. */
  readonly timeoutMs: number;
  readonly clock: IssuerClock;
  readonly time: TimeSource;
  readonly onStoreFailure: (error: unknown) => void;
}

/** What the functions below share. */
interface SharingContext extends Pick<SharingOptions, 'clock' | 'time'> {
  readonly store: CarefulStore;
  readonly sealerOf: (credentials: ClientCredentials) => Promise<Sealer>;
  /**
   * Leases of other processes. They are judged by how long this process has seen them: clocks of two machines are never
   * compared.
   */
  readonly leases: Map<string, { readonly version: string; readonly sinceMs: number }>;
}

/** The right to request a token, which this process has written into the store. */
interface Lease {
  readonly sealer: Sealer;
  readonly name: string;
  readonly version: string;
  readonly previous: IssuedToken | undefined;
}

/** Shares tokens through a store. */
export function createSharedTokens(options: SharingOptions): SharedTokens {
  const { clock, time } = options;
  const sealers = new WeakMap<ClientCredentials, Promise<Sealer>>();
  const context: SharingContext = {
    clock,
    time,
    store: createCarefulStore(options),
    sealerOf(credentials) {
      const sealer = sealers.get(credentials) ?? createSealer(credentials);
      sealers.set(credentials, sealer);
      return sealer;
    },
    leases: new Map(),
  };
  return {
    async obtain(wanted) {
      const found = await lookUp(context, wanted);
      if (found === 'elsewhere') return undefined;
      if (found === 'unavailable') return { token: await wanted.request(), isShared: false };
      if ('sealer' in found) {
        return { token: await requestAndShare(context, wanted, found), isShared: false };
      }
      return { token: found, isShared: true };
    },
  };
}

/** Looks for a shared token or a free lease, and waits for the process that holds the lease if the caller has to. */
async function lookUp(
  context: SharingContext,
  wanted: SharedRequest,
): Promise<IssuedToken | Lease | 'elsewhere' | 'unavailable'> {
  const { store, time, sealerOf, leases } = context;
  const sealer = await sealerOf(wanted.credentials);
  const name = await sealer.nameOf(wanted.endpointUrl, wanted.key);
  const startMs = time.monotonic();
  for (let poll = 0; time.monotonic() - startMs < LEASE_MS; poll++) {
    const stored = await store.read(name);
    if (stored === 'unavailable') return stored;
    const found = stored === 'nothing' ? undefined : stored;
    const state = found && (await sealer.open(name, found.value));
    if (state?.token !== undefined && wanted.isWelcome(state.token)) {
      leases.delete(name);
      return state.token;
    }
    if (!state?.isLeased || !isHeld(context, name, found?.version)) {
      const lease = { sealer, name, version: crypto.randomUUID(), previous: state?.token };
      const isWon = await writeState(context, lease, {
        state: { token: lease.previous, isLeased: true },
        ifVersion: found?.version,
        version: lease.version,
      });
      if (isWon === 'unavailable') return isWon;
      if (isWon) return lease;
    }
    if (!wanted.mayWait) return 'elsewhere';
    await time.sleep(pollMs(poll, time.random()), undefined);
  }
  return 'unavailable';
}

function isHeld(
  { leases, time }: SharingContext,
  name: string,
  version: string | undefined = '',
): boolean {
  const known = leases.get(name);
  const sinceMs = known?.version === version ? known.sinceMs : time.monotonic();
  leases.set(name, { version, sinceMs });
  return time.monotonic() - sinceMs < LEASE_MS;
}

async function requestAndShare(
  context: SharingContext,
  wanted: SharedRequest,
  lease: Lease,
): Promise<IssuedToken> {
  const share = (token: IssuedToken | undefined) =>
    writeState(context, lease, {
      state: { token, isLeased: false },
      ifVersion: lease.version,
      version: crypto.randomUUID(),
    });
  context.leases.delete(lease.name);
  try {
    const token = await wanted.request();
    await share(token);
    return token;
  } catch (error) {
    // The lease is given back: the others need not wait for its end.
    await share(lease.previous);
    throw error;
  }
}

async function writeState(
  { store, clock }: SharingContext,
  { sealer, name }: Lease,
  write: {
    readonly state: SharedState;
    readonly ifVersion: string | undefined;
    readonly version: string;
  },
): Promise<boolean | 'unavailable'> {
  const { state, ifVersion, version } = write;
  const value = await sealer.seal(name, state);
  const expiresMs = state.token?.expiresMs ?? clock.now() + LEASE_MS;
  const expiresAtSeconds = Math.ceil(expiresMs / 1_000);
  return store.write(name, { version, value }, { ifVersion, expiresAtSeconds });
}

function pollMs(poll: number, chance: number): number {
  return Math.min(LAST_POLL_MS, FIRST_POLL_MS * 2 ** poll) * (0.5 + chance);
}

/** A store whose failures are answers. */
interface CarefulStore {
  read(name: string): Promise<StoredValue | 'nothing' | 'unavailable'>;
  write(...call: Parameters<TokenStore['write']>): Promise<boolean | 'unavailable'>;
}

function createCarefulStore(options: SharingOptions): CarefulStore {
  const { store, timeoutMs, clock, time, onStoreFailure } = options;
  let closedUntilMs = Number.NEGATIVE_INFINITY;
  async function guard<T>(call: () => Promise<T>): Promise<T | 'unavailable'> {
    if (time.monotonic() < closedUntilMs) return 'unavailable';
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new DOMException('late', 'TimeoutError')), timeoutMs);
    });
    try {
      return await Promise.race([call(), late]);
    } catch (error) {
      closedUntilMs = time.monotonic() + STORE_HOLD_MS;
      onStoreFailure(error);
      return 'unavailable';
    } finally {
      clearTimeout(timer);
    }
  }
  return {
    async read(name) {
      const sent = clock.moment();
      const found = await guard(async () => (await store.read(name)) ?? ('nothing' as const));
      if (typeof found === 'object' && found.storeTimeMs !== undefined && !clock.isMeasured()) {
        clock.learn(found.storeTimeMs, sent);
      }
      return found;
    },
    write: (...call) => guard(() => store.write(...call)),
  };
}

/** What processes share about one token. */
interface SharedState {
  readonly token: IssuedToken | undefined;
  /** True while a process requests the next token. */
  readonly isLeased: boolean;
}

/** Names and encrypts what one app client shares. */
interface Sealer {
  /** The name under which the token of a key is kept; it tells nothing about the key. */
  nameOf(endpointUrl: string, key: TokenKey): Promise<string>;
  seal(name: string, state: SharedState): Promise<Uint8Array>;
  /** @returns `undefined` for a value of another name, of another secret or of somebody else. */
  open(name: string, value: Uint8Array): Promise<SharedState | undefined>;
}

/** AES-GCM: NIST SP 800-38D, section 8.2. */
const IV_BYTES = 12;

const encoder = new TextEncoder();

/**
 * Creates the sealer of an app client: AES-256-GCM and HMAC-SHA-256 under keys that HKDF derives from its secret.
 *
 * After a rotation the names differ as well: holders of the old and the new secret do not overwrite each other.
 */
async function createSealer(credentials: ClientCredentials): Promise<Sealer> {
  const { clientId } = credentials;
  const { subtle } = globalThis.crypto;
  const [cipherKey, nameKey] = await deriveKeys(credentials);
  // The name is authenticated with the value: a value that is moved to another name does not open.
  const cipher = (iv: Uint8Array<ArrayBuffer>, name: string) => ({
    name: 'AES-GCM',
    iv,
    additionalData: encoder.encode(name),
  });
  return {
    async nameOf(endpointUrl, { id }) {
      const text = JSON.stringify([endpointUrl, clientId, id]);
      return toHex(await subtle.sign('HMAC', nameKey, encoder.encode(text)));
    },
    async seal(name, state) {
      const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES));
      const text = encoder.encode(JSON.stringify(state));
      const sealed = await subtle.encrypt(cipher(iv, name), cipherKey, text);
      const value = new Uint8Array(IV_BYTES + sealed.byteLength);
      value.set(iv);
      value.set(new Uint8Array(sealed), IV_BYTES);
      return value;
    },
    async open(name, value) {
      const iv = Uint8Array.from(value.subarray(0, IV_BYTES));
      const sealed = Uint8Array.from(value.subarray(IV_BYTES));
      try {
        const text = await subtle.decrypt(cipher(iv, name), cipherKey, sealed);
        return JSON.parse(new TextDecoder().decode(text));
      } catch {
        return undefined;
      }
    },
  };
}

function deriveKeys({ clientId, clientSecret }: ClientCredentials) {
  const { subtle } = globalThis.crypto;
  const hkdf = (purpose: string) => ({
    name: 'HKDF',
    hash: 'SHA-256',
    salt: encoder.encode(clientId),
    info: encoder.encode(`cognito-m2m token store 1: ${purpose}`),
  });
  const aes = { name: 'AES-GCM', length: 256 };
  const hmac = { name: 'HMAC', hash: 'SHA-256', length: 256 };
  const bytes = encoder.encode(clientSecret);
  return subtle
    .importKey('raw', bytes, 'HKDF', false, ['deriveKey'])
    .then((secret) =>
      Promise.all([
        subtle.deriveKey(hkdf('values'), secret, aes, false, ['encrypt', 'decrypt']),
        subtle.deriveKey(hkdf('names'), secret, hmac, false, ['sign']),
      ]),
    );
}

function toHex(bytes: ArrayBuffer): string {
  const pairs = Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, '0'));
  return pairs.join('');
}
