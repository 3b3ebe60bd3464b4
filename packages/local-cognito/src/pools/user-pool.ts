import { createHash, timingSafeEqual } from 'node:crypto';
import { serviceAddress } from '@cognito-m2m/environment/names';
import type { CognitoBehaviour } from '../model/behaviour.ts';
import {
  type ClientSecret,
  type ClientState,
  type LocalState,
  ownEntry,
  reconcileState,
  type SecretVersion,
  type StateStore,
  withPool,
} from '../state/local-state.ts';
import type { ClientDefinition, PoolDefinition, PoolSource } from '../state/pool-definition.ts';

/** The flow that `GetClientToken` needs. */
export const CLIENT_TOKEN_AUTH = 'ALLOW_CLIENT_TOKEN_AUTH';

/** The account of everything here. */
export const LOCAL_ACCOUNT = '000000000000';

/** One app client as the server serves it. */
export interface AppClient extends ClientDefinition {
  readonly clientId: string;
  /** Epoch seconds. */
  readonly createdAt: number;
}

/** One user pool as the server serves it. */
export interface UserPool extends PoolDefinition {
  readonly userPoolId: string;
  readonly region: string;
  /** Epoch seconds. */
  readonly createdAt: number;
  readonly clients: readonly AppClient[];
}

/** A client and its pool. */
export interface FoundClient {
  readonly pool: UserPool;
  readonly client: AppClient;
}

/** The pools that a server serves. */
export interface PoolDirectory {
  readonly pools: readonly UserPool[];
  /** Finds a pool by its id or its name; of two pools of one name, the first. */
  findPool(nameOrId: string): UserPool | undefined;
  /** Finds a pool by its domain: the whole name, or the prefix before `.auth.`. */
  findByHost(host: string): UserPool | undefined;
  findClient(pool: UserPool, clientId: string): AppClient | undefined;
  /** Finds a client where no pool is named, as `GetClientToken` does. */
  findByClientId(clientId: string): FoundClient | undefined;
}

/** A directory whose pools may be replaced while the server runs. */
interface MutablePoolDirectory extends PoolDirectory {
  replace(pools: readonly UserPool[]): void;
}

/** What is kept of each client separately, because it changes while the server runs. */
interface KeptLists<Item> {
  list(pool: UserPool, client: AppClient): readonly Item[];
  /** Keeps what `change` makes of a client's items; resolves once that is durable. */
  update(
    pool: UserPool,
    client: AppClient,
    change: (items: readonly Item[]) => readonly Item[],
  ): Promise<void>;
}

/** The secrets that Amazon Cognito accepts, one or two of each client. */
type ClientSecrets = KeptLists<ClientSecret>;

/** What AWS Secrets Manager keeps of the clients: where services read the secret that they should use. */
type SecretVersions = KeptLists<SecretVersion>;

/** Indexes pools for look-up. */
function createPoolDirectory(initial: readonly UserPool[]): MutablePoolDirectory {
  let index = indexPools(initial);
  return {
    get pools() {
      return index.pools;
    },
    replace(pools) {
      index = indexPools(pools);
    },
    findPool: (nameOrId) => index.byId.get(nameOrId) ?? index.byName.get(nameOrId),
    findByHost: (host) => index.byDomain.get(host) ?? index.byDomain.get(prefixOf(host)),
    findByClientId: (clientId) => index.byClientId.get(clientId),
    findClient(pool, clientId) {
      const found = index.byClientId.get(clientId);
      return found?.pool.userPoolId === pool.userPoolId ? found.client : undefined;
    },
  };
}

function indexPools(pools: readonly UserPool[]) {
  // The first of two pools of one name wins.
  const byName = new Map([...pools].reverse().map((pool) => [pool.name, pool]));
  const clients = pools.flatMap((pool) =>
    pool.clients.map((client) => [client.clientId, { pool, client }] as const),
  );
  return {
    pools,
    byName,
    byId: new Map(pools.map((pool) => [pool.userPoolId, pool])),
    byDomain: new Map(pools.flatMap((pool) => (pool.domain ? [[pool.domain, pool]] : []))),
    byClientId: new Map(clients),
  };
}

function prefixOf(host: string): string {
  return /^([^.]+)\.auth(?:-fips)?\./.exec(host)?.[1] ?? '';
}

/**
 * Returns what a pool's tokens hold as `iss`.
 *
 * @param baseUrl - This server's own address.
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-tokens-verifying-a-jwt.html
 */
export function toIssuer(
  { region, userPoolId }: UserPool,
  format: CognitoBehaviour['issuerFormat'],
  baseUrl: string,
): string {
  if (format === 'local') return `${baseUrl}/${userPoolId}`;
  const host = format === 'aws' ? 'cognito-idp' : 'issuer-cognito-idp';
  return `https://${serviceAddress(host, region)}/${userPoolId}`;
}

/** True if `secret` is one of the client's secrets: both are valid while a rotation runs. */
export function isClientSecret(
  secrets: ClientSecrets,
  { pool, client }: FoundClient,
  secret: string,
): boolean {
  const given = Buffer.from(secret);
  return secrets.list(pool, client).some(({ value }) => {
    const known = Buffer.from(value);
    return known.length === given.length && timingSafeEqual(known, given);
  });
}

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

/** Replaces one client in a state. */
function withClient(
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
