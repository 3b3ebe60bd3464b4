import type { ClientCredentials } from './credentials.ts';
import type { IssuedToken } from './request-token.ts';
import { createSealer, type Sealer, type SharedState } from './sealed-tokens.ts';
import type { IssuerClock, TimeSource } from './time.ts';
import type { TokenKey } from './token-request.ts';
import type { StoredValue, TokenStore } from './token-store.ts';

/** What one process wants of the others. */
export interface SharedRequest {
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
export interface SharedTokens {
  /**
   * Takes the token that another process has requested, or requests one and shares it.
   *
   * A store that fails or a lease that does not end is no failure: the token is then requested without it.
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
export interface SharingOptions {
  readonly store: TokenStore;
  /** How long a call of the store may take, in milliseconds. */
  readonly timeoutMs: number;
  readonly clock: IssuerClock;
  readonly time: TimeSource;
  readonly onStoreFailure: (error: unknown) => void;
}

/** Shares tokens through a store. */
export function createSharedTokens(options: SharingOptions): SharedTokens {
  const { clock, time } = options;
  const store = createCarefulStore(options);
  const sealers = new WeakMap<ClientCredentials, Promise<Sealer>>();
  // A lease is judged by how long this process has seen it: clocks of two machines are never compared.
  const leases = new Map<string, { readonly version: string; readonly sinceMs: number }>();

  function isHeld(name: string, version: string): boolean {
    const known = leases.get(name);
    const sinceMs = known?.version === version ? known.sinceMs : time.monotonic();
    leases.set(name, { version, sinceMs });
    return time.monotonic() - sinceMs < LEASE_MS;
  }

  function sealerOf(credentials: ClientCredentials): Promise<Sealer> {
    const sealer = sealers.get(credentials) ?? createSealer(credentials);
    sealers.set(credentials, sealer);
    return sealer;
  }

  async function requestAndShare(wanted: SharedRequest, lease: Lease): Promise<IssuedToken> {
    const { sealer, name, version, previous } = lease;
    const share = async (state: SharedState) => {
      const value = await sealer.seal(name, state);
      const expiresMs = state.token?.expiresMs ?? clock.now() + LEASE_MS;
      const expiresAtSeconds = Math.ceil(expiresMs / 1_000);
      await store.write(
        name,
        { version: crypto.randomUUID(), value },
        {
          ifVersion: version,
          expiresAtSeconds,
        },
      );
    };
    try {
      const token = await wanted.request();
      await share({ token, isLeased: false });
      return token;
    } catch (error) {
      // The lease is given back: the others need not wait for its end.
      await share({ token: previous, isLeased: false });
      throw error;
    }
  }

  return {
    async obtain(wanted) {
      const sealer = await sealerOf(wanted.credentials);
      const name = await sealer.nameOf(wanted.endpointUrl, wanted.key);
      const startMs = time.monotonic();
      for (let poll = 0; time.monotonic() - startMs < LEASE_MS; poll++) {
        const found = await store.read(name);
        if (found === 'unavailable') break;
        const state = found === 'nothing' ? undefined : await sealer.open(name, found.value);
        if (state?.token !== undefined && wanted.isWelcome(state.token)) {
          leases.delete(name);
          return { token: state.token, isShared: true };
        }
        const ifVersion = found === 'nothing' ? undefined : found.version;
        if (!state?.isLeased || !isHeld(name, ifVersion ?? '')) {
          const version = crypto.randomUUID();
          const previous = state?.token;
          const value = await sealer.seal(name, { token: previous, isLeased: true });
          const expiresAtSeconds = Math.ceil(
            (previous?.expiresMs ?? clock.now() + LEASE_MS) / 1_000,
          );
          const isWon = await store.write(
            name,
            { version, value },
            { ifVersion, expiresAtSeconds },
          );
          if (isWon === 'unavailable') break;
          if (isWon) {
            leases.delete(name);
            const token = await requestAndShare(wanted, { sealer, name, version, previous });
            return { token, isShared: false };
          }
        }
        if (!wanted.mayWait) return undefined;
        await time.sleep(pollMs(poll, time.random()), undefined);
      }
      return { token: await wanted.request(), isShared: false };
    },
  };
}

/** The right to request a token, which this process has written into the store. */
interface Lease {
  readonly sealer: Sealer;
  readonly name: string;
  readonly version: string;
  readonly previous: IssuedToken | undefined;
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
