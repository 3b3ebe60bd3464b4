import { timingSafeEqual } from 'node:crypto';
import { serviceAddress } from '@cognito-m2m/environment/names';
import type { CognitoBehaviour } from '../model/behaviour.ts';
import type { ClientSecret, SecretVersion } from '../state/local-state.ts';
import type { ClientDefinition, PoolDefinition } from '../state/pool-definition.ts';

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
export interface MutablePoolDirectory extends PoolDirectory {
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
export type ClientSecrets = KeptLists<ClientSecret>;

/** What AWS Secrets Manager keeps of the clients: where services read the secret that they should use. */
export type SecretVersions = KeptLists<SecretVersion>;

/** Indexes pools for look-up. */
export function createPoolDirectory(initial: readonly UserPool[]): MutablePoolDirectory {
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
