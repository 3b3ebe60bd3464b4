import type { ClientState, LocalState, PoolState } from './local-state.ts';

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

/** Replaces one pool in a state. */
export function withPool(
  state: LocalState,
  poolName: string,
  change: (pool: PoolState) => PoolState,
): LocalState {
  const pool = state.pools[poolName];
  if (pool === undefined) return state;
  return { ...state, pools: { ...state.pools, [poolName]: change(pool) } };
}

/** Replaces one client in a state. */
export function withClient(
  state: LocalState,
  poolName: string,
  clientName: string,
  change: (client: ClientState) => ClientState,
): LocalState {
  return withPool(state, poolName, (pool) => {
    const client = pool.clients[clientName];
    if (client === undefined) return pool;
    return { ...pool, clients: { ...pool.clients, [clientName]: change(client) } };
  });
}
