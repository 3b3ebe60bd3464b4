import type { PoolDefinition } from './pool-definition.ts';

/** One secret of an app client. */
export interface ClientSecret {
  /** `<client id>--<epoch milliseconds>`. */
  readonly id: string;
  readonly value: string;
  /** Epoch seconds. */
  readonly createdAt: number;
}

/** One version of a client's entry in AWS Secrets Manager, as this server keeps it. */
export interface SecretVersion {
  readonly id: string;
  /** JSON: `client_id`, `client_secret`, and whatever else was put there. */
  readonly secretString: string;
  /** Staging labels, such as `AWSCURRENT`. */
  readonly stages: readonly string[];
  /** Epoch seconds. */
  readonly createdAt: number;
}

/** What is remembered of one app client. */
export interface ClientState {
  readonly clientId: string;
  /** Epoch seconds. */
  readonly createdAt: number;
  /** One or two, oldest first. */
  readonly secrets: readonly ClientSecret[];
  /** Oldest first. @default the one that a deploy writes, with the oldest secret */
  readonly secretVersions?: readonly SecretVersion[];
}

/** One signing key of a pool. */
export interface SigningKeyState {
  readonly kid: string;
  /** PKCS #8, PEM. */
  readonly privateKeyPem: string;
}

/** What is remembered of one pool. */
export interface PoolState {
  readonly userPoolId: string;
  /** Epoch seconds. */
  readonly createdAt: number;
  /** The last one signs access tokens. The other one is made when the key set is first asked for. */
  readonly signingKeys: readonly SigningKeyState[];
  /** By the key of the client's definition. */
  readonly clients: { readonly [key: string]: ClientState };
}

/** Everything that local Cognito itself keeps; claims are in the table. */
export interface LocalState {
  readonly version: 1;
  /** By the key of the pool's definition. */
  readonly pools: { readonly [key: string]: PoolState };
  /** The pools that the API created. @default none */
  readonly created?: readonly PoolDefinition[];
}

/** The state of a server that never ran. */
export const EMPTY_STATE: LocalState = { version: 1, pools: {} };

/** Keeps the state; an update is kept once its promise resolves. */
export interface StateStore {
  /** The state as it is now. */
  current(): LocalState;
  /**
   * Replaces the state by what `change` makes of it.
   *
   * @throws Whatever `change` throws, and then nothing changes.
   */
  update(change: (state: LocalState) => LocalState): Promise<void>;
}

/** Creates a store that forgets everything when the process ends. */
export function createMemoryStore(initial: LocalState): StateStore {
  let state = initial;
  return {
    current: () => state,
    async update(change) {
      state = change(state);
    },
  };
}

/** The value of an own key: a pool may be called `constructor`. */
export function ownEntry<T>(entries: { readonly [key: string]: T }, key: string): T | undefined {
  return Object.hasOwn(entries, key) ? entries[key] : undefined;
}

/** Replaces one pool in a state. */
export function withPool(
  state: LocalState,
  poolKey: string,
  change: (pool: PoolState) => PoolState,
): LocalState {
  const pool = ownEntry(state.pools, poolKey);
  if (pool === undefined) return state;
  return { ...state, pools: { ...state.pools, [poolKey]: change(pool) } };
}

/** Replaces one client in a state. */
export function withClient(
  state: LocalState,
  poolKey: string,
  clientKey: string,
  change: (client: ClientState) => ClientState,
): LocalState {
  return withPool(state, poolKey, (pool) => {
    const client = ownEntry(pool.clients, clientKey);
    if (client === undefined) return pool;
    return { ...pool, clients: { ...pool.clients, [clientKey]: change(client) } };
  });
}
