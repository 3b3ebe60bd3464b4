import { createHash } from 'node:crypto';
import {
  type ClientSecret,
  type ClientState,
  type LocalState,
  ownEntry,
  type SecretVersion,
  type StateStore,
  withClient,
} from '../state/local-state.ts';
import { reconcileState } from '../state/open-store.ts';
import type { PoolDefinition, PoolSource } from '../state/pool-definition.ts';
import {
  type AppClient,
  type ClientSecrets,
  createPoolDirectory,
  type PoolDirectory,
  type SecretVersions,
  type UserPool,
} from './user-pool.ts';

/** The pools of a server, and how the API changes them. */
export interface PoolRegistry {
  readonly directory: PoolDirectory;
  readonly secrets: ClientSecrets;
  readonly secretVersions: SecretVersions;
  /**
   * Replaces the definitions by what `change` makes of them; resolves once that is durable.
   *
   * @throws Whatever `change` throws, and then nothing changes.
   */
  change(change: (pools: readonly PoolDefinition[]) => readonly PoolDefinition[]): Promise<void>;
}

/**
 * Creates the registry of the declared pools and of those that the API created earlier, with the ids and secrets of the state.
 *
 * @param clock - Epoch milliseconds.
 */
export async function createPoolRegistry(
  store: StateStore,
  source: PoolSource,
  clock: () => number,
): Promise<PoolRegistry> {
  let definitions = [...source.pools, ...(store.current().created ?? [])];
  const directory = createPoolDirectory([]);
  async function change(apply: (pools: readonly PoolDefinition[]) => readonly PoolDefinition[]) {
    let next: readonly PoolDefinition[] = definitions;
    await store.update((state) => {
      next = apply(definitions);
      return reconcileState(state, { ...source, pools: next }, clock());
    });
    definitions = [...next];
    directory.replace(toUserPools(source.region, definitions, store.current()));
  }
  await change((pools) => pools);
  return {
    directory,
    change,
    secrets: createStoredSecrets(store),
    secretVersions: createStoredVersions(store),
  };
}

function toUserPools(
  region: string,
  definitions: readonly PoolDefinition[],
  state: LocalState,
): UserPool[] {
  return definitions.flatMap((pool) => {
    const known = ownEntry(state.pools, pool.key);
    if (known === undefined) return [];
    const clients = pool.clients.flatMap((client): AppClient[] => {
      const kept = ownEntry(known.clients, client.key);
      if (kept === undefined) return [];
      return [{ ...client, clientId: kept.clientId, createdAt: kept.createdAt }];
    });
    const { userPoolId, createdAt } = known;
    return [{ ...pool, userPoolId, region, createdAt, clients }];
  });
}

function createStoredSecrets(store: StateStore): ClientSecrets {
  return {
    list: (pool, client) => stateOf(store, pool, client)?.secrets ?? [],
    update: (pool, client, change) =>
      store.update((state) =>
        withClient(state, pool.key, client.key, (known) => ({
          ...known,
          secrets: change(known.secrets),
        })),
      ),
  };
}

function createStoredVersions(store: StateStore): SecretVersions {
  return {
    list(pool, client) {
      const known = stateOf(store, pool, client);
      return known === undefined ? [] : versionsOf(known);
    },
    update: (pool, client, change) =>
      store.update((state) =>
        withClient(state, pool.key, client.key, (known) => ({
          ...known,
          secretVersions: change(versionsOf(known)),
        })),
      ),
  };
}

function stateOf(store: StateStore, pool: UserPool, client: AppClient): ClientState | undefined {
  const known = ownEntry(store.current().pools, pool.key);
  return known && ownEntry(known.clients, client.key);
}

function versionsOf({ clientId, secrets, secretVersions }: ClientState) {
  return (
    secretVersions ?? secrets.slice(0, 1).map((secret) => firstSecretVersion(clientId, secret))
  );
}

/** The version that a deploy leaves in AWS Secrets Manager: the client's id and its first secret. */
function firstSecretVersion(clientId: string, secret: ClientSecret): SecretVersion {
  return {
    // Of the same length as the ids that AWS makes, and the same at every start.
    id: createHash('sha256').update(secret.id).digest('hex').slice(0, 32),
    secretString: JSON.stringify({ client_id: clientId, client_secret: secret.value }),
    stages: ['AWSCURRENT'],
    createdAt: secret.createdAt,
  };
}
