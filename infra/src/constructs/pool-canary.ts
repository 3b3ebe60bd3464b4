import { CloudwatchEventRule } from '@cdktf/provider-aws/lib/cloudwatch-event-rule/index.js';
import { CloudwatchEventTarget } from '@cdktf/provider-aws/lib/cloudwatch-event-target/index.js';
import { CloudwatchMetricAlarm } from '@cdktf/provider-aws/lib/cloudwatch-metric-alarm/index.js';
import { DataAwsSecretsmanagerSecret } from '@cdktf/provider-aws/lib/data-aws-secretsmanager-secret/index.js';
import { IamRolePolicy } from '@cdktf/provider-aws/lib/iam-role-policy/index.js';
import type { LambdaFunction } from '@cdktf/provider-aws/lib/lambda-function/index.js';
import { LambdaPermission } from '@cdktf/provider-aws/lib/lambda-permission/index.js';
import { WATCH_VARIABLES } from '@cognito-m2m/doctor/watch-settings';
import {
  type Environment,
  type Pool,
  toCanaryVariable,
  toWatchedVariable,
  type WatchSettings,
} from '@cognito-m2m/environment';
import {
  alarmName,
  canaryLogGroupName,
  canaryName,
  poolParameterNames,
  serviceAddress,
  watchTableName,
} from '@cognito-m2m/environment/names';
import { TerraformLocal } from 'cdktf';
import { Construct } from 'constructs';
import { canaryAlarm } from '../monitoring/watch-alarms.ts';
import { type PolicyStatement, policyJson } from '../policy.ts';
import { addWatchFunction } from './watch-function.ts';

/** What the canary is made from. */
export interface PoolCanaryProps {
  readonly environment: Environment;
  readonly watch: WatchSettings;
  readonly accountId: string;
  /** The customer managed key of the environment. */
  readonly keyArn: string;
  readonly claimsTableArn: string;
  readonly watchTableArn: string;
}

/** The canary may wait once for the trigger's cache, in seconds; AWS Lambda allows 15 minutes. */
const BASE_TIMEOUT_SECONDS = 120;
const MAX_TIMEOUT_SECONDS = 900;

/** The canary: a function that requests a real token of each pool that names one. One for an environment; none without a canary. */
export class PoolCanary extends Construct {
  constructor(scope: Construct, id: string, props: PoolCanaryProps) {
    super(scope, id);
    const { environment, keyArn } = props;
    const canary = addWatchFunction(this, {
      environment,
      keyArn,
      name: canaryName(environment.name),
      logGroupName: canaryLogGroupName(environment.name),
      description:
        'Requests a real token of each pool, verifies it and compares it with its declaration',
      roleDescription: 'Requests tokens as the canary of each pool',
      permissions: (logGroupArn) => permissions(props, logGroupArn),
      bundle: '@cognito-m2m/pool-watch/canary',
      label: 'canary',
      timeoutSeconds: Math.min(
        BASE_TIMEOUT_SECONDS + environment.trigger.cacheSeconds,
        MAX_TIMEOUT_SECONDS,
      ),
      variables: variables(environment),
    });
    this.addSchedule(props, canary);
  }

  private addSchedule(props: PoolCanaryProps, canary: LambdaFunction): void {
    const { environment, watch, accountId } = props;
    const rule = new CloudwatchEventRule(this, 'rule', {
      name: canaryName(environment.name),
      description: 'Proves that clients get tokens with their claims',
      scheduleExpression: `rate(${watch.canaryMinutes} minutes)`,
    });
    new CloudwatchEventTarget(this, 'target', { rule: rule.name, arn: canary.arn });
    new LambdaPermission(this, 'permission', {
      statementId: 'rule-schedule',
      functionName: canary.functionName,
      action: 'lambda:InvokeFunction',
      principal: 'events.amazonaws.com',
      sourceArn: rule.arn,
      sourceAccount: accountId,
    });
  }
}

function variables(environment: Environment): Record<string, string> {
  return {
    // Without the pools: the canary knows its own, and both lists may be long.
    [WATCH_VARIABLES.declared]: toWatchedVariable({ ...environment, pools: [] }),
    [WATCH_VARIABLES.canaries]: toCanaryVariable(environment) ?? '[]',
    [WATCH_VARIABLES.tableName]: watchTableName(environment.name),
    POWERTOOLS_LOG_LEVEL: 'INFO',
  };
}

/** What the canary may do, whatever the pools are. Each pool's stack adds the rights on that pool. */
function permissions(
  { environment, keyArn, claimsTableArn, watchTableArn }: PoolCanaryProps,
  logGroupArn: string,
): PolicyStatement[] {
  const via = ['dynamodb', 'secretsmanager'].map((service) =>
    serviceAddress(service, environment.region),
  );
  return [
    { Sid: 'ReadClaims', Effect: 'Allow', Action: ['dynamodb:Query'], Resource: claimsTableArn },
    {
      Sid: 'Remember',
      Effect: 'Allow',
      Action: ['dynamodb:PutItem'],
      Resource: watchTableArn,
      // What the watcher knows about pools, changes and heals is none of the canary's business.
      Condition: { 'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': ['RUNS'] } },
    },
    {
      Sid: 'UseKey',
      Effect: 'Allow',
      Action: ['kms:Decrypt', 'kms:Encrypt', 'kms:GenerateDataKey'],
      Resource: keyArn,
      Condition: { StringEquals: { 'kms:ViaService': via } },
    },
    {
      Sid: 'WriteLog',
      Effect: 'Allow',
      Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      Resource: `${logGroupArn}:*`,
    },
  ];
}

/** The canary of one pool, as far as only the pool's own stack can name it: the rights to one secret, and the alarm. */
export function addCanary(
  scope: Construct,
  props: {
    readonly environment: Environment;
    readonly pool: Pool;
    readonly arnOf: (service: string, resource: string) => string;
    /** The ARN of the secret of a client that the deploy creates. */
    readonly secretArnOf: (clientName: string) => string;
  },
): void {
  const { environment, pool, arnOf } = props;
  const client = pool.clients.find(({ name }) => name === pool.canary);
  if (client === undefined || environment.watch === undefined) return;
  const names = poolParameterNames(environment.name, pool.name);
  const parameters = [names.userPoolId, names.issuer, names.tokenEndpoint];
  const secretArn =
    client.secretId === undefined
      ? nameArn(scope, props.secretArnOf(client.name))
      : findSecretArn(scope, client.secretId);
  const statements: PolicyStatement[] = [
    ...parameters.map(
      (name, index): PolicyStatement => ({
        Sid: `FindPool${index + 1}`,
        Effect: 'Allow',
        Action: ['ssm:GetParameters'],
        Resource: arnOf('ssm', `parameter${name}`),
      }),
    ),
    {
      Sid: 'ReadSecret',
      Effect: 'Allow',
      Action: ['secretsmanager:GetSecretValue'],
      Resource: secretArn,
    },
  ];
  new IamRolePolicy(scope, 'canary', {
    name: `pool-${pool.name}`,
    role: canaryName(environment.name),
    policy: policyJson(statements),
  });
  const actions = environment.alarmTopicArn === undefined ? [] : [environment.alarmTopicArn];
  const { name, description, config } = canaryAlarm(environment.name, pool.name, environment.watch);
  new CloudwatchMetricAlarm(scope, 'canary-alarm', {
    ...config,
    alarmName: alarmName(environment.name, name),
    alarmDescription: description,
    alarmActions: actions,
    okActions: actions,
  });
}

/** A policy is JSON, in which the quotes of an expression would end a string. */
function nameArn(scope: Construct, arn: string): string {
  return new TerraformLocal(scope, 'canary-secret-arn', arn).asString;
}

/** The secret of an app client of the pool's owner, by its name or ARN. */
function findSecretArn(scope: Construct, secretId: string): string {
  const key = secretId.startsWith('arn:') ? { arn: secretId } : { name: secretId };
  return new DataAwsSecretsmanagerSecret(scope, 'canary-secret', key).arn;
}
