import type { Environment } from '@cognito-m2m/environment';
import { AwsError } from '../model/aws-error.ts';
import type { Cleanup } from '../model/cleanup.ts';
import { LocalCognitoError } from '../model/errors.ts';
import { firstSecretVersion } from '../pools/declared-pools.ts';
import { createKeyProvider, prepareSigners } from '../pools/signing-keys.ts';
import {
  type ClientSecrets,
  createPoolDirectory,
  type SecretVersions,
  type UserPool,
} from '../pools/user-pool.ts';
import { createMemoryStore, type LocalState } from '../state/local-state.ts';
import { createAwsEndpoint } from './aws-endpoint.ts';
import type { Backing } from './backing.ts';
import { type DeployedClient, findDeployedTable, readDeployedPool } from './deployed-pool.ts';

/**
 * Takes the pools, clients and claims table of an environment from the AWS-compatible API that it is deployed to.
 *
 * Pools and clients are read once, claims at every token as the trigger does. Signing keys are this server's own.
 *
 * @throws {LocalCognitoError} `ERR_LOCAL_DEPLOYMENT_INCOMPLETE` with every fault at once, `ERR_LOCAL_ENDPOINT_INVALID`
 *   or `ERR_LOCAL_ENDPOINT_FAILED`.
 */
export async function openDeployedBacking(
  environment: Environment,
  endpointUrl: string,
  cleanup: Cleanup,
): Promise<Backing> {
  const endpoint = createAwsEndpoint(endpointUrl, environment.region, cleanup);
  const found = [];
  for (const pool of environment.pools) {
    found.push(await readDeployedPool(endpoint, environment, pool));
  }
  const tableNames = found.flatMap(({ tableName = [] }) => tableName);
  const table = await findDeployedTable(endpoint, tableNames);
  const faults = [...found.flatMap((pool) => pool.faults), ...table.faults];
  if (faults.length > 0) throw incomplete(environment.name, endpointUrl, faults);
  const pools = found.flatMap(({ pool = [] }) => pool);
  const keys = createKeyProvider(createMemoryStore(toState(pools)));
  cleanup.add(prepareSigners(keys, pools));
  const secrets = createReadOnlySecrets(found.flatMap(({ clients }) => clients));
  return {
    directory: createPoolDirectory(pools),
    secrets,
    secretVersions: createReadOnlyVersions(secrets),
    keys,
    table: { client: endpoint.dynamoDb, endpoint: endpointUrl, tableName: table.tableName },
    seeded: Promise.resolve(),
  };
}

function createReadOnlySecrets(clients: readonly DeployedClient[]): ClientSecrets {
  const secrets = new Map(clients.map(({ client, secret }) => [client.clientId, [secret]]));
  return {
    list: (_pool, { clientId }) => secrets.get(clientId) ?? [],
    update: refuseChange,
  };
}

function createReadOnlyVersions(secrets: ClientSecrets): SecretVersions {
  return {
    list: (pool, client) =>
      secrets.list(pool, client).map((secret) => firstSecretVersion(client.clientId, secret)),
    update: refuseChange,
  };
}

async function refuseChange(): Promise<never> {
  const message = 'This server only reads secrets here: change them in the API behind it.';
  throw new AwsError('NotAuthorizedException', message);
}

function toState(pools: readonly UserPool[]): LocalState {
  const states = pools.map(({ name, userPoolId, createdAt }) => {
    return [name, { userPoolId, createdAt, signingKeys: [], clients: {} }] as const;
  });
  return { version: 1, pools: Object.fromEntries(states) };
}

function incomplete(name: string, url: string, faults: readonly string[]): LocalCognitoError {
  const count = `${faults.length} ${faults.length === 1 ? 'fault' : 'faults'}`;
  const message = [
    `Environment "${name}" is only partly deployed to ${url}: ${count}.`,
    ...faults.map((fault) => `  - ${fault}`),
  ].join('\n');
  return new LocalCognitoError('ERR_LOCAL_DEPLOYMENT_INCOMPLETE', message);
}
