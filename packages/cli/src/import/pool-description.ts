import { type CloudWatchClient, paginateDescribeAlarms } from '@aws-sdk/client-cloudwatch';
import {
  type CloudWatchLogsClient,
  DescribeLogGroupsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import type {
  ResourceServerType,
  UserPoolClientType,
  UserPoolType,
} from '@aws-sdk/client-cognito-identity-provider';
import {
  GetFunctionCommand,
  GetFunctionConcurrencyCommand,
  type GetFunctionResponse,
  GetProvisionedConcurrencyConfigCommand,
} from '@aws-sdk/client-lambda';
import type { WAFV2Client } from '@aws-sdk/client-wafv2';
import type { PoolListing } from '@cognito-m2m/claims-store/lister';
import { TRIGGER_VARIABLES } from '@cognito-m2m/claims-store/trigger-settings';
import { type Attachment, ifFound, type OptionalReads } from '@cognito-m2m/doctor';
import {
  readCanaryVariable,
  readWatchedVariable,
  WATCH_VARIABLES,
} from '@cognito-m2m/doctor/watch-settings';
import {
  type CustomDomain,
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
import type { AwsClients } from '../deployment/aws-clients.ts';
import { filled } from './import-note.ts';

/** An app client as Amazon Cognito describes it; its secret is never read into this. */
export interface ClientDescription extends Omit<UserPoolClientType, 'ClientSecret'> {
  readonly hasSecret: boolean;
}

/** Everything that an import reads of one user pool, as plain data. */
export interface PoolDescription {
  /** Its name in the environment file. */
  readonly name: string;
  readonly userPoolId: string;
  readonly pool: UserPoolType;
  readonly resourceServers: readonly ResourceServerType[];
  readonly clients: readonly ClientDescription[];
  readonly groupNames: readonly string[];
  readonly identityProviderNames: readonly string[];
  readonly hasCustomLogin: boolean;
  readonly webAclArn: string | undefined;
  /** What the claims table holds; absent if there is none. */
  readonly listing: PoolListing | undefined;
  /** What the deploy wrote of each client, by the client's name. */
  readonly clientTexts: ReadonlyMap<string, string>;
  /** What the deploy wrote of the pool. */
  readonly text: string | undefined;
  /** True if the deploy of this very environment made the pool. */
  readonly isDeployed: boolean;
  /** A domain of its own, as far as its certificate is known. */
  readonly customDomain: CustomDomain | undefined;
  /** What the pool called before `m2m attach`; `undefined` if nothing is remembered. */
  readonly attachment: Attachment | undefined;
  /** IDs of the app clients that a deploy added to a pool of another owner. */
  readonly addedClientIds: ReadonlySet<string>;
}

/** The trigger of an environment that is deployed. */
interface TriggerDescription {
  /** Who answers for what the pools share. */
  readonly owner: string | undefined;
  readonly settings: TriggerInput;
  readonly alarmTopicArn: string | undefined;
  /** How the environment is watched; `undefined` if nothing watches it. */
  readonly watch: EnvironmentInput['watch'];
  /** The client as which the canary requests tokens, by pool. */
  readonly canaries: ReadonlyMap<string, string>;
}

/** Everything that an import reads of an environment. */
export interface EnvironmentDescription {
  readonly name: string;
  readonly region: string;
  readonly pools: readonly PoolDescription[];
  /** Absent if the environment is not deployed. */
  readonly trigger: TriggerDescription | undefined;
}

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

/** One client for each AWS service that an import reads. */
export interface ImportClients extends AwsClients {
  readonly cloudWatch: CloudWatchClient;
  readonly logs: CloudWatchLogsClient;
  readonly firewall: WAFV2Client;
}
