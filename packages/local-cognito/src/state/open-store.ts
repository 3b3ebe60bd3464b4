import type { Environment, Pool } from '@cognito-m2m/environment';
import type { Cleanup } from '../model/cleanup.ts';
import { lockDataDirectory } from './data-lock.ts';
import { createFileStore } from './file-store.ts';
import { generateClientSecret, toClientId, toUserPoolId } from './identifiers.ts';
import {
  type ClientSecret,
  type ClientState,
  createMemoryStore,
  EMPTY_STATE,
  type LocalState,
  type PoolState,
  type StateStore,
} from './local-state.ts';

/**
 * Opens the state of an environment, in a folder if there is one, and brings it in line with the environment.
 *
 * @param now - Epoch milliseconds.
 * @throws {LocalCognitoError} `ERR_LOCAL_DATA_IN_USE` or `ERR_LOCAL_DATA_INVALID`.
 */
export async function openStore(
  environment: Environment,
  dataDirectory: string | undefined,
  now: number,
  cleanup: Cleanup,
): Promise<StateStore> {
  if (dataDirectory !== undefined) cleanup.add(await lockDataDirectory(dataDirectory));
  const store =
    dataDirectory === undefined
      ? createMemoryStore(EMPTY_STATE)
      : await createFileStore(dataDirectory);
  await store.update((state) => reconcileState(state, environment, now));
  return store;
}

/**
 * Brings the remembered state in line with an environment: what the file no longer names goes, what is new gets ids and a secret.
 *
 * @param now - Epoch milliseconds.
 */
function reconcileState(state: LocalState, environment: Environment, now: number): LocalState {
  const taken = new Set(Object.values(state.pools).map(({ userPoolId }) => userPoolId));
  const pools = environment.pools.map((pool): [string, PoolState] => {
    const known = state.pools[pool.name];
    const userPoolId = known?.userPoolId ?? nextPoolId(environment.region, taken);
    return [
      pool.name,
      {
        userPoolId,
        createdAt: known?.createdAt ?? toSeconds(now),
        signingKeys: known?.signingKeys ?? [],
        clients: reconcileClients(known, environment.name, pool, now),
      },
    ];
  });
  return { version: 1, pools: Object.fromEntries(pools) };
}

/**
 * Makes a secret of a client.
 *
 * @param now - Epoch milliseconds.
 * @param others - The client's secrets so far: an id has a millisecond in it, and no two secrets share one.
 */
export function createClientSecret(
  clientId: string,
  now: number,
  value = generateClientSecret(),
  others: readonly ClientSecret[] = [],
): ClientSecret {
  const id = `${clientId}--${now}`;
  return others.some((other) => other.id === id)
    ? createClientSecret(clientId, now + 1, value, others)
    : { id, value, createdAt: toSeconds(now) };
}

function reconcileClients(
  known: PoolState | undefined,
  environmentName: string,
  pool: Pool,
  now: number,
): PoolState['clients'] {
  const clients = pool.clients.map(({ name }): [string, ClientState] => {
    const client = known?.clients[name];
    if (client !== undefined) return [name, client];
    const clientId = toClientId(environmentName, pool.name, name);
    return [
      name,
      { clientId, createdAt: toSeconds(now), secrets: [createClientSecret(clientId, now)] },
    ];
  });
  return Object.fromEntries(clients);
}

function nextPoolId(region: string, taken: Set<string>): string {
  let position = 1;
  while (taken.has(toUserPoolId(region, position))) position += 1;
  const userPoolId = toUserPoolId(region, position);
  taken.add(userPoolId);
  return userPoolId;
}

function toSeconds(milliseconds: number): number {
  return Math.floor(milliseconds / 1000);
}
