import { paginateDescribeAlarms } from '@aws-sdk/client-cloudwatch';
import { DescribeLogGroupsCommand } from '@aws-sdk/client-cloudwatch-logs';
import {
  GetFunctionCommand,
  GetFunctionConcurrencyCommand,
  type GetFunctionResponse,
  GetProvisionedConcurrencyConfigCommand,
} from '@aws-sdk/client-lambda';
import { TRIGGER_VARIABLES } from '@cognito-m2m/claims-store/trigger-settings';
import { ifFound, type OptionalReads } from '@cognito-m2m/doctor';
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
  logGroupName,
  TRIGGER_ALIAS,
  triggerName,
  watchName,
} from '@cognito-m2m/environment/names';
import type { ImportClients } from './import-clients.ts';
import { filled } from './import-note.ts';
import type { TriggerDescription } from './pool-description.ts';

/** Describes the trigger of a deployed environment; `undefined` if there is none, or it cannot be read. */
export async function describeTrigger(
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
