import { createHash } from 'node:crypto';
import type { Environment, Pool } from '@cognito-m2m/environment';
import {
  type ClientSecret,
  type ClientState,
  type LocalState,
  type PoolState,
  type SecretVersion,
  type StateStore,
  withClient,
} from '../state/local-state.ts';
import {
  type AppClient,
  CLIENT_TOKEN_AUTH,
  type ClientSecrets,
  type SecretVersions,
  type UserPool,
} from './user-pool.ts';

/** What the deploy gives every client: without a user's token it allows nothing. */
const DEPLOYED_AUTH_FLOWS = ['ALLOW_REFRESH_TOKEN_AUTH'];

/**
 * Joins what an environment declares with the ids that the state remembers; the state has been reconciled with it.
 *
 * @param allowsClientTokenAuth - Whether the clients may use `GetClientToken`.
 */
export function toUserPools(
  environment: Environment,
  state: LocalState,
  allowsClientTokenAuth: boolean,
): UserPool[] {
  const explicitAuthFlows = allowsClientTokenAuth ? [CLIENT_TOKEN_AUTH] : DEPLOYED_AUTH_FLOWS;
  return environment.pools.flatMap((pool) => {
    const known = state.pools[pool.name];
    if (known === undefined) return [];
    return {
      name: pool.name,
      userPoolId: known.userPoolId,
      region: environment.region,
      createdAt: known.createdAt,
      clients: toAppClients(pool, known, explicitAuthFlows),
    };
  });
}

/** The secrets as the state keeps them. */
export function createStoredSecrets(store: StateStore): ClientSecrets {
  return {
    list: (pool, client) => store.current().pools[pool.name]?.clients[client.name]?.secrets ?? [],
    update: (pool, client, change) =>
      store.update((state) =>
        withClient(state, pool.name, client.name, (known) => ({
          ...known,
          secrets: change(known.secrets),
        })),
      ),
  };
}

/** The versions of the secrets as the state keeps them. */
export function createStoredVersions(store: StateStore): SecretVersions {
  return {
    list(pool, client) {
      const known = store.current().pools[pool.name]?.clients[client.name];
      return known === undefined ? [] : versionsOf(known);
    },
    update: (pool, client, change) =>
      store.update((state) =>
        withClient(state, pool.name, client.name, (known) => ({
          ...known,
          secretVersions: change(versionsOf(known)),
        })),
      ),
  };
}

function versionsOf({ clientId, secrets, secretVersions }: ClientState) {
  return (
    secretVersions ?? secrets.slice(0, 1).map((secret) => firstSecretVersion(clientId, secret))
  );
}

function toAppClients(
  pool: Pool,
  known: PoolState,
  explicitAuthFlows: readonly string[],
): AppClient[] {
  return pool.clients.flatMap(({ name, scopes, accessTokenMinutes }) => {
    const client = known.clients[name];
    if (client === undefined) return [];
    const { clientId, createdAt } = client;
    return { name, clientId, scopes, accessTokenMinutes, explicitAuthFlows, createdAt };
  });
}

/** The version that a deploy leaves in AWS Secrets Manager: the client's id and its first secret. */
export function firstSecretVersion(clientId: string, secret: ClientSecret): SecretVersion {
  return {
    // Of the same length as the ids that AWS makes, and the same at every start.
    id: createHash('sha256').update(secret.id).digest('hex').slice(0, 32),
    secretString: JSON.stringify({ client_id: clientId, client_secret: secret.value }),
    stages: ['AWSCURRENT'],
    createdAt: secret.createdAt,
  };
}
