import { fileURLToPath } from 'node:url';
import { createClaimsReader } from '@cognito-m2m/claims-store/reader';
import type { ClaimsTable } from './backing/backing.ts';
import { openBacking } from './backing/open-backing.ts';
import { createApp } from './http/create-app.ts';
import { listen } from './http/listen.ts';
import { DEFAULT_BEHAVIOUR } from './model/behaviour.ts';
import { type Cleanup, createCleanup } from './model/cleanup.ts';
import { LocalCognitoError } from './model/errors.ts';
import { createJournal } from './model/journal.ts';
import { toIssuer, type UserPool } from './pools/user-pool.ts';
import type {
  LocalCognito,
  LocalCognitoOptions,
  LocalDeployment,
  LocalPool,
} from './start-options.ts';
import type { Core } from './tokens/core.ts';
import { findBundle, toFunctionArn, toLambdaEnvironment } from './trigger/lambda-environment.ts';
import type { TriggerRunner } from './trigger/trigger-call.ts';
import { createTriggerRunner } from './trigger/trigger-runner.ts';

/**
 * Starts local Cognito: the token endpoint of every pool of an environment, over a claims table and a trigger bundle.
 *
 * @throws {LocalCognitoError} If it cannot start with these options; nothing stays open then.
 */
export async function startLocalCognito(options: LocalCognitoOptions): Promise<LocalCognito> {
  const cleanup = createCleanup();
  try {
    return await start(options, cleanup);
  } catch (error) {
    await cleanup.run();
    throw error;
  }
}

async function start(options: LocalCognitoOptions, cleanup: Cleanup): Promise<LocalCognito> {
  const { environment, contract, clock = Date.now } = options;
  const bundleUrl =
    options.triggerBundle === null ? undefined : await findBundle(options.triggerBundle);
  const { table, seeded, ...backing } = await openBacking(options, clock(), cleanup);
  const trigger = bundleUrl && startTrigger(bundleUrl, options, table);
  if (trigger) cleanup.add(() => trigger.close());
  await seeded;
  if (trigger) await checkLoad(trigger, bundleUrl);

  let url = '';
  const behaviour = { ...DEFAULT_BEHAVIOUR, ...options.behaviour };
  const core: Core = {
    environment,
    ...backing,
    journal: createJournal(),
    claims: contract && {
      reader: createClaimsReader(table),
      contract,
      sizeBudgetBytes: environment.trigger.sizeBudgetBytes,
    },
    trigger: trigger || undefined,
    behaviour,
    issuerOf: (pool) => toIssuer(pool, behaviour.issuerFormat, url),
    clock,
  };
  if (options.logger?.onRequest) core.journal.subscribe(options.logger.onRequest);

  const { host = '127.0.0.1', port = 0, allowedHosts = [] } = options;
  const { tableName, endpoint: dynamoDbEndpoint } = table;
  const isReadOnly = options.endpointUrl !== undefined;
  const deployment = () => toDeployment(core, { url, tableName, dynamoDbEndpoint, isReadOnly });
  const app = createApp(core, {
    allowedHosts: [host, ...allowedHosts],
    baseUrl: () => url,
    deployment,
  });
  cleanup.add(() => app.close());
  url = await listen(app, host, port);
  return {
    ...deployment(),
    requests: () => core.journal.latest(),
    close: () => cleanup.run(),
  };
}

function startTrigger(
  bundleUrl: string,
  { environment, triggerTimeoutMs, logger }: LocalCognitoOptions,
  { tableName, endpoint }: ClaimsTable,
): TriggerRunner {
  const { region, trigger: settings } = environment;
  return createTriggerRunner({
    bundleUrl,
    environment: toLambdaEnvironment({
      region,
      tableName,
      dynamoDbEndpoint: endpoint,
      declared: environment,
    }),
    functionArn: toFunctionArn(region),
    memoryMb: settings.memoryMb,
    ...(logger?.onTriggerLog && { onLog: logger.onTriggerLog }),
    ...(triggerTimeoutMs !== undefined && { timeoutMs: triggerTimeoutMs }),
  });
}

/** Every token would fail for the same reason. */
async function checkLoad(trigger: TriggerRunner, bundleUrl: string): Promise<void> {
  const failure = await trigger.load();
  if (failure === undefined) return;
  const { errorType, message: reason } = failure;
  const message = `The trigger bundle ${fileURLToPath(bundleUrl)} cannot be loaded: ${errorType}: ${reason}`;
  throw new LocalCognitoError('ERR_LOCAL_BUNDLE_INVALID', message);
}

function toDeployment(
  core: Core,
  place: Pick<LocalDeployment, 'url' | 'tableName' | 'dynamoDbEndpoint' | 'isReadOnly'>,
): LocalDeployment {
  const { name, region } = core.environment;
  const pools = core.directory.pools.map((pool) => toLocalPool(pool, core, place.url));
  return { environment: name, ...place, region, pools };
}

function toLocalPool(pool: UserPool, core: Core, url: string): LocalPool {
  return {
    name: pool.name,
    userPoolId: pool.userPoolId,
    issuer: core.issuerOf(pool),
    jwksUri: `${url}/${pool.userPoolId}/.well-known/jwks.json`,
    tokenEndpoint: `${url}/${pool.name}/oauth2/token`,
    clients: pool.clients.map((client) => ({
      name: client.name,
      clientId: client.clientId,
      clientSecret: core.secrets.list(pool, client)[0]?.value ?? '',
    })),
  };
}
