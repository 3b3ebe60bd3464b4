import { timingSafeEqual } from 'node:crypto';
import type { CognitoBehaviour } from '../model/behaviour.ts';
import type { ClientSecret, SecretVersion } from '../state/local-state.ts';

/**
 * Says what a pool's tokens hold as `iss`.
 *
 * @param baseUrl - This server's own address.
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-tokens-verifying-a-jwt.html
 */
export function toIssuer(
  pool: UserPool,
  format: CognitoBehaviour['issuerFormat'],
  baseUrl: string,
): string {
  const { region, userPoolId } = pool;
  if (format === 'local') return `${baseUrl}/${userPoolId}`;
  const host = format === 'aws' ? 'cognito-idp' : 'issuer-cognito-idp';
  return `https://${host}.${region}.amazonaws.com/${userPoolId}`;
}

/** True if `secret` is one of the client's secrets: both are good while a rotation runs. */
export function isClientSecret(
  secrets: ClientSecrets,
  pool: UserPool,
  client: AppClient,
  secret: string,
): boolean {
  const given = Buffer.from(secret);
  return secrets.list(pool, client).some(({ value }) => {
    const known = Buffer.from(value);
    return known.length === given.length && timingSafeEqual(known, given);
  });
}

/** The flow that `GetClientToken` needs. */
export const CLIENT_TOKEN_AUTH = 'ALLOW_CLIENT_TOKEN_AUTH';

/** One app client as the token endpoint sees it. */
export interface AppClient {
  readonly name: string;
  readonly clientId: string;
  /** The scopes it may ask for, in the order of its declaration. */
  readonly scopes: readonly string[];
  readonly accessTokenMinutes: number;
  /** Flows of the API that the client allows; `GetClientToken` needs `ALLOW_CLIENT_TOKEN_AUTH`. */
  readonly explicitAuthFlows: readonly string[];
  /** Epoch seconds. */
  readonly createdAt: number;
}

/** One user pool. */
export interface UserPool {
  readonly name: string;
  readonly userPoolId: string;
  readonly region: string;
  /** Epoch seconds. */
  readonly createdAt: number;
  /** In the order of the environment file. */
  readonly clients: readonly AppClient[];
}

/** The pools that a server serves. */
export interface PoolDirectory {
  readonly pools: readonly UserPool[];
  /** Finds a pool by its name or its id. */
  findPool(nameOrId: string): UserPool | undefined;
  findClient(pool: UserPool, clientId: string): AppClient | undefined;
  /** Finds a client where no pool is named, as `GetClientToken` does. */
  findByClientId(clientId: string): { pool: UserPool; client: AppClient } | undefined;
}

/** What is kept of each client apart from the rest, because it changes while the server runs. */
interface KeptLists<Item> {
  list(pool: UserPool, client: AppClient): readonly Item[];
  /** Keeps what `change` makes of a client's items; resolves once that is durable. */
  update(
    pool: UserPool,
    client: AppClient,
    change: (items: readonly Item[]) => readonly Item[],
  ): Promise<void>;
}

/** The secrets that Amazon Cognito takes, one or two of each client. */
export type ClientSecrets = KeptLists<ClientSecret>;

/** What AWS Secrets Manager keeps of the clients: where services read the secret that they should use. */
export type SecretVersions = KeptLists<SecretVersion>;

/** Indexes pools for look-up. */
export function createPoolDirectory(pools: readonly UserPool[]): PoolDirectory {
  const byName = new Map(pools.map((pool) => [pool.name, pool]));
  const byId = new Map(pools.map((pool) => [pool.userPoolId, pool]));
  const byClientId = new Map(
    pools.flatMap((pool) =>
      pool.clients.map((client) => [client.clientId, { pool, client }] as const),
    ),
  );
  return {
    pools,
    findPool: (nameOrId) => byName.get(nameOrId) ?? byId.get(nameOrId),
    findByClientId: (clientId) => byClientId.get(clientId),
    findClient(pool, clientId) {
      const found = byClientId.get(clientId);
      return found?.pool === pool ? found.client : undefined;
    },
  };
}
