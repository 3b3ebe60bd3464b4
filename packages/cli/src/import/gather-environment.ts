import { paginateDescribeAlarms } from '@aws-sdk/client-cloudwatch';
import { DescribeLogGroupsCommand } from '@aws-sdk/client-cloudwatch-logs';
import type { UserPoolType } from '@aws-sdk/client-cognito-identity-provider';
import {
  GetFunctionCommand,
  GetFunctionConcurrencyCommand,
  type GetFunctionResponse,
  GetProvisionedConcurrencyConfigCommand,
} from '@aws-sdk/client-lambda';
import { paginateDescribeParameters } from '@aws-sdk/client-ssm';
import type { PoolListing } from '@cognito-m2m/claims-store/lister';
import { TRIGGER_VARIABLES } from '@cognito-m2m/claims-store/trigger-settings';
import { ifFound, type OptionalReads, readParameters } from '@cognito-m2m/doctor';
import {
  readCanaryVariable,
  readWatchedVariable,
  WATCH_VARIABLES,
} from '@cognito-m2m/doctor/watch-settings';
import {
  DEFAULT_TRIGGER,
  DEFAULT_WATCH,
  type EnvironmentInput,
  type TriggerInput,
} from '@cognito-m2m/environment';
import {
  canaryName,
  clientParameterName,
  logGroupName,
  poolParameterNames,
  TRIGGER_ALIAS,
  triggerName,
  watchName,
} from '@cognito-m2m/environment/names';
import { createClaimsAccess } from '../deployment/claims-access.ts';
import type { Output } from '../frame/output/output.ts';
import {
  describeAttachment,
  describeBelongings,
  describeCustomDomain,
  describeUserPool,
  NOTHING_ATTACHED,
  refuseExisting,
} from './describe-user-pool.ts';
import type { ImportClients } from './import-clients.ts';
import { filled } from './import-note.ts';
import type {
  EnvironmentDescription,
  PoolDescription,
  TriggerDescription,
} from './pool-description.ts';
import { checkNames, findEnvironmentName, findPoolName, type PoolArgument } from './pool-names.ts';

/** What is to be read. */
interface ImportQuery {
  readonly region: string;
  readonly pools: readonly PoolArgument[];
  /** @default what the deploy's tags say */
  readonly environmentName: string | undefined;
  /** @default what the deploy's parameters say */
  readonly tableName: string | undefined;
  /** True to leave the pools to their owners. */
  readonly isClaimsOnly: boolean;
}

/**
 * Reads everything that an import looks at.
 *
 * @throws {CliError} `ERR_POOL_UNKNOWN`, `ERR_ENVIRONMENT_REQUIRED`, `ERR_ARGUMENT_INVALID`.
 */
export async function gatherEnvironment(
  clients: ImportClients,
  query: ImportQuery,
  output: Output,
  reads: OptionalReads,
): Promise<EnvironmentDescription> {
  const found: { readonly pool: UserPoolType; readonly name: string }[] = [];
  for (const argument of query.pools) {
    const pool = await describeUserPool(clients, argument.userPoolId);
    found.push({ pool, name: argument.name ?? findPoolName(pool) });
  }
  checkNames(found.map(({ name }) => name));
  const name = findEnvironmentName(
    query.environmentName,
    found.map(({ pool }) => pool),
  );
  const pools: PoolDescription[] = [];
  for (const { pool, name: poolName } of found) {
    const userPoolId = pool.Id ?? '';
    const progress = output.startProgress(`Reading the clients of ${poolName}`);
    const belongings = await describeBelongings(clients, pool, reads, progress.update).finally(
      progress.end,
    );
    const place = { environmentName: name, poolName, userPoolId };
    const records = await describeRecords(clients, place, query.tableName);
    const customDomain = await describeCustomDomain(clients, pool, reads);
    const ofOwner = query.isClaimsOnly
      ? await describeAttachment(clients, place, records)
      : NOTHING_ATTACHED;
    if (!query.isClaimsOnly) refuseExisting(pool, records);
    pools.push({
      name: poolName,
      userPoolId,
      pool,
      ...belongings,
      ...records,
      customDomain,
      ...ofOwner,
    });
  }
  const isDeployed = pools.some((pool) => pool.isDeployed);
  const trigger = isDeployed ? await describeTrigger(clients, name, reads) : undefined;
  return {
    name,
    region: query.region,
    pools: pools.sort((first, second) => (first.name < second.name ? -1 : 1)),
    trigger,
  };
}

/** Which pool of which environment. */
interface PoolPlace {
  readonly environmentName: string;
  readonly poolName: string;
  readonly userPoolId: string;
}

/** What our own deploy left with a pool. */
type PoolRecords = Pick<PoolDescription, 'listing' | 'clientTexts' | 'text' | 'isDeployed'>;

/**
 * Reads what a deploy of this very environment left: parameters with descriptions, and the claims table that they name.
 *
 * @param tableName - Another claims table. @default that of the deploy, or none
 * @throws {StoreError} If a table is there and cannot be read.
 */
async function describeRecords(
  clients: ImportClients,
  place: PoolPlace,
  tableName: string | undefined,
): Promise<PoolRecords> {
  const { environmentName, poolName, userPoolId } = place;
  const names = poolParameterNames(environmentName, poolName);
  const values = await readParameters(clients.ssm, [names.userPoolId, names.tableName]);
  const isDeployed = values.get(names.userPoolId) === userPoolId;
  const table = tableName ?? (isDeployed ? values.get(names.tableName) : undefined);
  const listing = table === undefined ? undefined : await readListing(clients, table, userPoolId);
  const texts = isDeployed ? await readTexts(clients, place) : new Map<string, string>();
  const prefix = clientParameterName(environmentName, poolName, '');
  return {
    isDeployed,
    listing,
    text: texts.get(names.userPoolId),
    clientTexts: new Map(
      [...texts]
        .filter(([name]) => name.startsWith(prefix))
        .map(([name, description]) => [name.slice(prefix.length), description]),
    ),
  };
}

function readListing(
  { dynamoDb }: ImportClients,
  tableName: string,
  userPoolId: string,
): Promise<PoolListing> {
  return createClaimsAccess(dynamoDb, tableName).lister.listPool(userPoolId);
}

/** The descriptions of all parameters of a pool, by the parameter's name. */
async function readTexts(
  { ssm }: ImportClients,
  { environmentName, poolName }: PoolPlace,
): Promise<Map<string, string>> {
  const path = clientParameterName(environmentName, poolName, '').replace(/\/clients\/$/, '');
  const pages = paginateDescribeParameters(
    { client: ssm },
    { ParameterFilters: [{ Key: 'Path', Option: 'Recursive', Values: [path] }] },
  );
  const texts = new Map<string, string>();
  for await (const { Parameters = [] } of pages) {
    for (const { Name = '', Description } of Parameters) {
      if (Description) texts.set(Name, Description);
    }
  }
  return texts;
}

/** Describes the trigger of a deployed environment; `undefined` if there is none, or it cannot be read. */
async function describeTrigger(
  clients: ImportClients,
  environmentName: string,
  reads: OptionalReads,
): Promise<TriggerDescription | undefined> {
  const key = { FunctionName: triggerName(environmentName), Qualifier: TRIGGER_ALIAS };
  const found = await reads.read(
    `function ${key.FunctionName}`,
    clients.lambda.send(new GetFunctionCommand(key)),
  );
  if (found === undefined) return undefined;
  const reserved = await reads.read(
    'reserved concurrency',
    clients.lambda.send(new GetFunctionConcurrencyCommand({ FunctionName: key.FunctionName })),
  );
  const warm = await reads.read(
    'provisioned concurrency',
    clients.lambda.send(new GetProvisionedConcurrencyConfigCommand(key)),
  );
  const retention = await reads.read('log retention', readRetention(clients, environmentName));
  const alarmTopicArn = await reads.read('alarms', readAlarmTopic(clients, environmentName));
  const owner = found.Tags?.['owner'];
  return {
    owner,
    settings: withoutDefaults({
      ...functionSettings(found),
      reservedConcurrency: reserved?.ReservedConcurrentExecutions,
      provisionedConcurrency: warm?.RequestedProvisionedConcurrentExecutions,
      logRetentionDays: retention,
    }),
    alarmTopicArn,
    watch: await reads.read('the watcher', readWatch(clients, environmentName)),
    canaries: (await reads.read('the canary', readCanaries(clients, environmentName))) ?? new Map(),
  };
}

/** Reads how an environment is watched, as the deploy wrote it; `undefined` if nothing watches it. */
async function readWatch(
  clients: ImportClients,
  environmentName: string,
): Promise<EnvironmentInput['watch']> {
  const variables = await readVariables(clients, watchName(environmentName));
  const declared = variables[WATCH_VARIABLES.declared];
  if (declared === undefined) return undefined;
  const { heal, everyMinutes, canaryMinutes } = readWatchedVariable(declared);
  return filled({
    everyMinutes: everyMinutes === DEFAULT_WATCH.everyMinutes ? undefined : everyMinutes,
    heal,
    canaryMinutes: canaryMinutes === DEFAULT_WATCH.canaryMinutes ? undefined : canaryMinutes,
  });
}

/** Reads as which client the canary requests tokens, by pool; none if there is no canary. */
async function readCanaries(clients: ImportClients, environmentName: string) {
  const variables = await readVariables(clients, canaryName(environmentName));
  const canaries = readCanaryVariable(variables[WATCH_VARIABLES.canaries] ?? '[]');
  return new Map(canaries.map(({ pool, client }) => [pool, client]));
}

async function readVariables({ lambda }: ImportClients, FunctionName: string) {
  const found = await ifFound(lambda.send(new GetFunctionCommand({ FunctionName })));
  return found?.Configuration?.Environment?.Variables ?? {};
}

/** Settings as far as AWS shows them. */
type FoundSettings = { readonly [name in keyof TriggerInput]: TriggerInput[name] | undefined };

function functionSettings({ Configuration = {} }: GetFunctionResponse): FoundSettings {
  const { Runtime, MemorySize, Environment } = Configuration;
  const numberOf = (name: string) => Number(Environment?.Variables?.[name]);
  return {
    cacheSeconds: numberOf(TRIGGER_VARIABLES.cacheSeconds),
    maxStaleSeconds: numberOf(TRIGGER_VARIABLES.maxStaleSeconds),
    sizeBudgetBytes: numberOf(TRIGGER_VARIABLES.sizeBudgetBytes),
    runtime: Runtime,
    memoryMb: MemorySize,
  };
}

/** Nobody writes a default; a variable that is not a number was not ours. */
function withoutDefaults(settings: FoundSettings): TriggerInput {
  const defaults: { readonly [name: string]: unknown } = { ...DEFAULT_TRIGGER };
  return Object.fromEntries(
    Object.entries(settings).filter(
      ([name, value]) => value !== undefined && !Number.isNaN(value) && defaults[name] !== value,
    ),
  );
}

async function readRetention({ logs }: ImportClients, environmentName: string) {
  const logGroupNamePrefix = logGroupName(environmentName);
  const { logGroups = [] } = await logs.send(new DescribeLogGroupsCommand({ logGroupNamePrefix }));
  return logGroups.find((group) => group.logGroupName === logGroupNamePrefix)?.retentionInDays;
}

/** Where the alarms of an environment go: all of them to the same topic. */
async function readAlarmTopic({ cloudWatch }: ImportClients, environmentName: string) {
  const pages = paginateDescribeAlarms(
    { client: cloudWatch },
    { AlarmNamePrefix: `m2m-${environmentName}/` },
  );
  for await (const { MetricAlarms = [] } of pages) {
    const [topic] = MetricAlarms.flatMap(({ AlarmActions = [] }) => AlarmActions);
    if (topic !== undefined) return topic;
  }
  return undefined;
}
