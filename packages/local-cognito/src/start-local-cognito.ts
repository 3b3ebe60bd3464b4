import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { createClaimsReader } from '@cognito-m2m/claims-store/reader';
import { DEFAULT_BEHAVIOUR } from './behaviour.ts';
import type { Core } from './core.ts';
import { createApp } from './http/create-app.ts';
import { listen } from './http/listen.ts';
import { toIssuer } from './issuer.ts';
import { createJournal } from './journal.ts';
import { createStoredSecrets, toUserPools } from './pools/declared-pools.ts';
import { createKeyProvider } from './pools/signing-keys.ts';
import { createPoolDirectory, type UserPool } from './pools/user-pool.ts';
import type {
  LocalCognito,
  LocalCognitoOptions,
  LocalDeployment,
  LocalPool,
} from './start-options.ts';
import { createClaimsTable, seedClaimsTable } from './storage/claims-table.ts';
import { startEmbeddedDynamoDb } from './storage/embedded-dynamodb.ts';
import { EMPTY_STATE } from './storage/local-state.ts';
import { reconcileState } from './storage/reconcile-state.ts';
import { createMemoryStore } from './storage/state-store.ts';
import { findBundle } from './trigger/find-bundle.ts';
import {
  LOCAL_CREDENTIALS,
  TRIGGER_FUNCTION_NAME,
  toLambdaEnvironment,
} from './trigger/lambda-environment.ts';
import type { TriggerRunner } from './trigger/trigger-result.ts';
import { createTriggerRunner } from './trigger/trigger-runner.ts';

/**
 * Starts local Cognito: the token endpoint of every pool of an environment, over an embedded DynamoDB and a trigger bundle.
 *
 * @throws {LocalCognitoError} `ERR_LOCAL_PORT_IN_USE`, `ERR_LOCAL_LISTEN` or `ERR_LOCAL_BUNDLE_MISSING`.
 */
export async function startLocalCognito(options: LocalCognitoOptions): Promise<LocalCognito> {
  const { environment, clock = Date.now } = options;
  const bundleUrl =
    options.triggerBundle === null ? undefined : await findBundle(options.triggerBundle);
  const store = createMemoryStore(reconcileState(EMPTY_STATE, environment, clock()));
  const directory = createPoolDirectory(toUserPools(environment, store.current()));
  const tableName = `m2m-${environment.name}-claims`;

  const dynamoDb = await startEmbeddedDynamoDb(options.dataDirectory);
  const client = createDynamoDbClient(environment.region, dynamoDb.endpoint);
  await createClaimsTable(client, tableName);
  await seedClaimsTable({ client, tableName }, environment, directory);
  const trigger = startTrigger(bundleUrl, options, tableName, dynamoDb.endpoint);

  let url = '';
  const behaviour = { ...DEFAULT_BEHAVIOUR, ...options.behaviour };
  const core: Core = {
    environment,
    directory,
    secrets: createStoredSecrets(store),
    journal: createJournal(),
    reader: createClaimsReader({ client, tableName }),
    keys: createKeyProvider(store),
    trigger,
    behaviour,
    issuerOf: (pool) => toIssuer(pool, behaviour.issuerFormat, url),
    clock,
  };
  if (options.logger?.onRequest) core.journal.subscribe(options.logger.onRequest);

  const { host = '127.0.0.1', port = 0, allowedHosts = [] } = options;
  const deployment = () =>
    toDeployment(core, { url, tableName, dynamoDbEndpoint: dynamoDb.endpoint });
  const app = createApp(core, {
    allowedHosts: [host, ...allowedHosts],
    baseUrl: () => url,
    deployment,
  });
  const close = async () => {
    await app.close();
    await trigger?.close();
    client.destroy();
    await dynamoDb.close();
  };
  url = await listen(app, host, port).catch(async (error: unknown) => {
    await close();
    throw error;
  });
  return {
    ...deployment(),
    requests: () => core.journal.latest(),
    close,
  };
}

function createDynamoDbClient(region: string, endpoint: string): DynamoDBClient {
  return new DynamoDBClient({ region, endpoint, credentials: LOCAL_CREDENTIALS });
}

function startTrigger(
  bundleUrl: string | undefined,
  { environment, triggerTimeoutMs, logger }: LocalCognitoOptions,
  tableName: string,
  dynamoDbEndpoint: string,
): TriggerRunner | undefined {
  if (bundleUrl === undefined) return undefined;
  const { region, trigger: settings } = environment;
  return createTriggerRunner({
    bundleUrl,
    environment: toLambdaEnvironment({ region, tableName, dynamoDbEndpoint, settings }),
    functionArn: `arn:aws:lambda:${region}:000000000000:function:${TRIGGER_FUNCTION_NAME}`,
    memoryMb: settings.memoryMb,
    ...(logger?.onTriggerLog && { onLog: logger.onTriggerLog }),
    ...(triggerTimeoutMs !== undefined && { timeoutMs: triggerTimeoutMs }),
  });
}

function toDeployment(
  core: Core,
  place: Pick<LocalDeployment, 'url' | 'tableName' | 'dynamoDbEndpoint'>,
): LocalDeployment {
  const { name, region } = core.environment;
  const pools = core.directory.pools.map((pool) => toLocalPool(pool, core, place.url));
  return { environment: name, ...place, region, pools };
}

function toLocalPool(pool: UserPool, core: Core, url: string): LocalPool {
  const base = `${url}/${pool.name}`;
  return {
    name: pool.name,
    userPoolId: pool.userPoolId,
    issuer: core.issuerOf(pool),
    jwksUri: `${url}/${pool.userPoolId}/.well-known/jwks.json`,
    tokenEndpoint: `${base}/oauth2/token`,
    clients: pool.clients.map((client) => ({
      name: client.name,
      clientId: client.clientId,
      clientSecret: core.secrets.list(pool, client)[0]?.value ?? '',
    })),
  };
}
