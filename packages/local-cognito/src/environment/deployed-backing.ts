import { dirname } from 'node:path/posix';
import {
  CognitoIdentityProviderClient,
  DescribeUserPoolClientCommand,
  DescribeUserPoolCommand,
  type UserPoolClientType,
} from '@aws-sdk/client-cognito-identity-provider';
import { DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { paginateGetParametersByPath, SSMClient } from '@aws-sdk/client-ssm';
import type { Environment, Pool } from '@cognito-m2m/environment';
import { clientParameterName, poolParameterNames } from '@cognito-m2m/environment/names';
import { AwsError } from '../model/aws-error.ts';
import type { Cleanup } from '../model/cleanup.ts';
import { LocalCognitoError } from '../model/errors.ts';
import { createKeyProvider, prepareSigners } from '../pools/signing-keys.ts';
import { createPoolRegistry, type PoolRegistry } from '../pools/user-pool.ts';
import { type ClientState, createMemoryStore, type PoolState } from '../state/local-state.ts';
import { type ClientDefinition, defineClient, definePool } from '../state/pool-definition.ts';
import { LOCAL_CREDENTIALS } from '../trigger/lambda-environment.ts';
import type { Backing } from './backing.ts';
import { inBatches } from './in-batches.ts';

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
      domain: pool.customDomain?.name ?? pool.domainPrefix,
      plan: pool.plan,
      clients: found[position]?.clients ?? [],
    }),
  );
  const registry = await createPoolRegistry(store, { name, region, pools }, clock);
  const keys = createKeyProvider(store);
  cleanup.add(prepareSigners(keys, registry.directory.pools));
  return {
    environment,
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

/** An app client as an API has it. */
interface DeployedClient {
  readonly client: ClientDefinition;
  readonly state: ClientState;
}

/** Where a client is expected. */
interface ClientPlace {
  readonly name: string;
  /** The SSM parameter that named it. */
  readonly parameter: string;
  readonly userPoolId: string;
  readonly clientId: string;
}

/** Reads one app client; a fault if it is not there or gets no token from Amazon Cognito either. */
async function readDeployedClient(
  endpoint: AwsEndpoint,
  { name, parameter, userPoolId, clientId }: ClientPlace,
): Promise<DeployedClient | { readonly fault: string }> {
  const describe = new DescribeUserPoolClientCommand({
    UserPoolId: userPoolId,
    ClientId: clientId,
  });
  const answer = await readIfThere(
    endpoint,
    `describe the client ${clientId}`,
    endpoint.cognito.send(describe),
  );
  const found = answer?.UserPoolClient;
  if (found === undefined) {
    return { fault: `no client ${clientId} in pool ${userPoolId}, which ${parameter} names` };
  }
  const { ClientSecret: value, AllowedOAuthScopes: scopes = [], AllowedOAuthFlows = [] } = found;
  if (value === undefined) return { fault: `client ${clientId} (${name}) has no secret` };
  if (!AllowedOAuthFlows.includes('client_credentials')) {
    return { fault: `client ${clientId} (${name}) may not use client_credentials` };
  }
  const createdMs = found.CreationDate?.getTime() ?? 0;
  const createdAt = Math.floor(createdMs / 1000);
  return {
    client: defineClient({
      name,
      clientId,
      clientSecret: value,
      scopes,
      accessTokenMinutes: toAccessTokenMinutes(found),
      explicitAuthFlows: found.ExplicitAuthFlows ?? [],
    }),
    state: {
      clientId,
      createdAt,
      secrets: [{ id: `${clientId}--${createdMs}`, value, createdAt }],
    },
  };
}

const MINUTES_PER_UNIT = { seconds: 1 / 60, minutes: 1, hours: 60, days: 1440 } as const;

/**
 * How long the client's access tokens live, to the whole minute; an hour unless it says otherwise.
 *
 * @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_UserPoolClientType.html
 */
function toAccessTokenMinutes(client: UserPoolClientType): number {
  const unit = client.TokenValidityUnits?.AccessToken ?? 'hours';
  return Math.floor((client.AccessTokenValidity || 1) * MINUTES_PER_UNIT[unit]);
}

/** What an API holds of one declared pool. */
interface DeployedPool {
  readonly name: string;
  /** Missing if the API has no such pool. */
  readonly state: PoolState | undefined;
  readonly clients: readonly ClientDefinition[];
  /** The claims table's name, as the deploy left it. */
  readonly tableName: string | undefined;
  /** What is missing, one sentence each. */
  readonly faults: readonly string[];
}

/** Finds a pool and its clients by the SSM parameters that the deploy writes: names of pools are not unique, ids are. */
async function readDeployedPool(
  endpoint: AwsEndpoint,
  { name: environmentName }: Environment,
  { name, clients: declared }: Pool,
): Promise<DeployedPool> {
  const names = poolParameterNames(environmentName, name);
  const values = await readParameters(endpoint, dirname(names.userPoolId));
  const tableName = values.get(names.tableName);
  const faults = tableName === undefined ? [`no parameter ${names.tableName}`] : [];
  const missing = (fault: string): DeployedPool => {
    return { name, state: undefined, clients: [], tableName, faults: [...faults, fault] };
  };
  const userPoolId = values.get(names.userPoolId);
  if (userPoolId === undefined) return missing(`no parameter ${names.userPoolId}`);
  const createdAt = await readCreation(endpoint, userPoolId);
  if (createdAt === undefined) {
    return missing(`no pool ${userPoolId}, which ${names.userPoolId} names`);
  }
  const found = await inBatches(declared, async (client) => {
    const parameter = clientParameterName(environmentName, name, client.name);
    const clientId = values.get(parameter);
    if (clientId === undefined) return { fault: `no parameter ${parameter}` };
    return readDeployedClient(endpoint, { name: client.name, parameter, userPoolId, clientId });
  });
  const clients = found.flatMap((one) => ('client' in one ? one : []));
  const states = Object.fromEntries(clients.map(({ client, state }) => [client.key, state]));
  return {
    name,
    state: { userPoolId, createdAt, signingKeys: [], clients: states },
    clients: clients.map(({ client }) => client),
    tableName,
    faults: [...faults, ...found.flatMap((one) => ('fault' in one ? one.fault : []))],
  };
}

async function readParameters(endpoint: AwsEndpoint, path: string): Promise<Map<string, string>> {
  const pages = paginateGetParametersByPath(
    { client: endpoint.ssm },
    { Path: path, Recursive: true },
  );
  const values = new Map<string, string>();
  const readAll = async () => {
    for await (const { Parameters = [] } of pages) {
      for (const { Name = '', Value = '' } of Parameters) values.set(Name, Value);
    }
  };
  await readIfThere(endpoint, `list the parameters under ${path}`, readAll());
  return values;
}

/** When a pool was made, in epoch seconds. */
async function readCreation(endpoint: AwsEndpoint, id: string): Promise<number | undefined> {
  const describe = new DescribeUserPoolCommand({ UserPoolId: id });
  const answer = await readIfThere(
    endpoint,
    `describe the pool ${id}`,
    endpoint.cognito.send(describe),
  );
  return answer && toSeconds(answer.UserPool?.CreationDate);
}

function toSeconds(date: Date | undefined): number {
  return Math.floor((date?.getTime() ?? 0) / 1000);
}

/**
 * Finds the claims table that the pools of an environment share.
 *
 * @param names - What each pool's parameter names; a pool without one has its own fault already.
 * @returns An empty name if there is a fault.
 */
async function findDeployedTable(
  endpoint: AwsEndpoint,
  names: readonly string[],
): Promise<{ readonly tableName: string; readonly faults: readonly string[] }> {
  const [tableName, ...others] = new Set(names);
  if (tableName === undefined) return { tableName: '', faults: [] };
  if (others.length > 0) {
    const all = [tableName, ...others].join(', ');
    return { tableName: '', faults: [`the pools name several claims tables: ${all}`] };
  }
  const describe = new DescribeTableCommand({ TableName: tableName });
  const action = `describe the table ${tableName}`;
  const answer = await readIfThere(endpoint, action, endpoint.dynamoDb.send(describe));
  return answer ? { tableName, faults: [] } : { tableName: '', faults: [`no table ${tableName}`] };
}

/** An API on this machine answers in milliseconds; one that does not within this time is down. */
const REQUEST_TIMEOUT_MS = 10_000;

/** An AWS-compatible API with a client for each service that is read. */
interface AwsEndpoint {
  readonly url: string;
  readonly cognito: CognitoIdentityProviderClient;
  readonly dynamoDb: DynamoDBClient;
  readonly ssm: SSMClient;
}

/**
 * Creates the clients of an AWS-compatible API; nothing is sent yet.
 *
 * They sign with made-up credentials: those of the user are never sent to such an address.
 *
 * @throws {LocalCognitoError} `ERR_LOCAL_ENDPOINT_INVALID` if `url` is not a plain http or https URL.
 */
function createAwsEndpoint(url: string, region: string, cleanup: Cleanup): AwsEndpoint {
  checkUrl(url);
  const options = {
    endpoint: url,
    region,
    credentials: LOCAL_CREDENTIALS,
    maxAttempts: 2,
    requestHandler: { requestTimeout: REQUEST_TIMEOUT_MS, throwOnRequestTimeout: true },
  };
  const cognito = new CognitoIdentityProviderClient(options);
  const dynamoDb = new DynamoDBClient(options);
  const ssm = new SSMClient(options);
  for (const client of [cognito, dynamoDb, ssm]) cleanup.add(() => client.destroy());
  return { url, cognito, dynamoDb, ssm };
}

/**
 * Waits for an answer; what is not there is `undefined`.
 *
 * @param action - What is asked for, for the message: "describe the table …".
 * @throws {LocalCognitoError} `ERR_LOCAL_ENDPOINT_FAILED` if there is no answer, or another error.
 */
async function readIfThere<T>(
  { url }: AwsEndpoint,
  action: string,
  answer: Promise<T>,
): Promise<T | undefined> {
  try {
    return await answer;
  } catch (cause) {
    const name = cause instanceof Error ? cause.name : 'unknown error';
    if (name === 'ResourceNotFoundException') return undefined;
    const code = cause instanceof Error && 'code' in cause ? ` ${cause.code}` : '';
    const message = `The AWS API at ${url} did not ${action}: ${name}${code}. Is it running?`;
    throw new LocalCognitoError('ERR_LOCAL_ENDPOINT_FAILED', message, { cause });
  }
}

function checkUrl(text: string): void {
  const { protocol, username, password } = new URL(URL.canParse(text) ? text : 'invalid:');
  const isHttp = protocol === 'http:' || protocol === 'https:';
  if (isHttp && username === '' && password === '') return;
  // The value is not repeated: it may contain a password.
  const message =
    'The endpoint URL is not an http or https URL without credentials, such as http://127.0.0.1:5000.';
  throw new LocalCognitoError('ERR_LOCAL_ENDPOINT_INVALID', message);
}
