import type { Environment } from '@cognito-m2m/environment';
import { AwsError } from '../model/aws-error.ts';
import type { Cleanup } from '../model/cleanup.ts';
import { LocalCognitoError } from '../model/errors.ts';
import { createPoolRegistry, type PoolRegistry } from '../pools/pool-registry.ts';
import { createKeyProvider, prepareSigners } from '../pools/signing-keys.ts';
import { createMemoryStore, type PoolState } from '../state/local-state.ts';
import { definePool } from '../state/pool-definition.ts';
import { createAwsEndpoint } from './aws-endpoint.ts';
import type { Backing } from './backing.ts';
import { type DeployedPool, findDeployedTable, readDeployedPool } from './deployed-pool.ts';

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
  clock: () => number,
  cleanup: Cleanup,
): Promise<Backing> {
  const { name, region } = environment;
  const endpoint = createAwsEndpoint(endpointUrl, region, cleanup);
  const found: DeployedPool[] = [];
  for (const pool of environment.pools) {
    found.push(await readDeployedPool(endpoint, environment, pool));
  }
  const tableNames = found.flatMap(({ tableName = [] }) => tableName);
  const table = await findDeployedTable(endpoint, tableNames);
  const faults = [...found.flatMap((pool) => pool.faults), ...table.faults];
  if (faults.length > 0) throw incomplete(name, endpointUrl, faults);
  const states = found.flatMap(({ name: pool, state }): [string, PoolState][] =>
    state === undefined ? [] : [[pool, state]],
  );
  const store = createMemoryStore({ version: 1, pools: Object.fromEntries(states) });
  const pools = environment.pools.map((pool, position) =>
    definePool({
      name: pool.name,
      description: pool.description,
      domain: pool.domainPrefix,
      plan: pool.plan,
      clients: found[position]?.clients ?? [],
    }),
  );
  const registry = await createPoolRegistry(store, { name, region, pools }, clock);
  const keys = createKeyProvider(store);
  cleanup.add(prepareSigners(keys, registry.directory.pools));
  return {
    registry: toReadOnly(registry),
    keys,
    table: { client: endpoint.dynamoDb, endpoint: endpointUrl, tableName: table.tableName },
    ready: Promise.resolve(),
  };
}

function toReadOnly({ directory, secrets, secretVersions }: PoolRegistry): PoolRegistry {
  return {
    directory,
    secrets: { list: secrets.list, update: refuseChange },
    secretVersions: { list: secretVersions.list, update: refuseChange },
    change: refuseChange,
  };
}

async function refuseChange(): Promise<never> {
  const message = 'This server is read-only here: make changes in the API behind it.';
  throw new AwsError('NotAuthorizedException', message);
}

function incomplete(name: string, url: string, faults: readonly string[]): LocalCognitoError {
  const count = `${faults.length} ${faults.length === 1 ? 'fault' : 'faults'}`;
  const message = [
    `Environment "${name}" is only partly deployed to ${url}: ${count}.`,
    ...faults.map((fault) => `  - ${fault}`),
  ].join('\n');
  return new LocalCognitoError('ERR_LOCAL_DEPLOYMENT_INCOMPLETE', message);
}
