import { CloudwatchEventRule } from '@cdktf/provider-aws/lib/cloudwatch-event-rule/index.js';
import { CloudwatchEventTarget } from '@cdktf/provider-aws/lib/cloudwatch-event-target/index.js';
import { CloudwatchMetricAlarm } from '@cdktf/provider-aws/lib/cloudwatch-metric-alarm/index.js';
import { DynamodbTable } from '@cdktf/provider-aws/lib/dynamodb-table/index.js';
import { IamRolePolicy } from '@cdktf/provider-aws/lib/iam-role-policy/index.js';
import type { LambdaFunction } from '@cdktf/provider-aws/lib/lambda-function/index.js';
import { LambdaPermission } from '@cdktf/provider-aws/lib/lambda-permission/index.js';
import { WATCH_VARIABLES } from '@cognito-m2m/doctor/watch-settings';
import {
  type Environment,
  type Pool,
  toWatchedVariable,
  type WatchSettings,
} from '@cognito-m2m/environment';
import {
  alarmName,
  attachmentParameterName,
  poolParameterNames,
  serviceAddress,
  TRIGGER_ALIAS,
  watchLogGroupName,
  watchName,
  watchTableName,
} from '@cognito-m2m/environment/names';
import { Construct } from 'constructs';
import { watchAlarms } from '../monitoring/watch-alarms.ts';
import { watchRules } from '../monitoring/watch-rules.ts';
import { type PolicyStatement, policyJson } from '../policy.ts';
import { addWatchFunction } from './watch-function.ts';

/** What the watcher is made from. */
export interface PoolWatchProps {
  readonly environment: Environment;
  readonly watch: WatchSettings;
  readonly accountId: string;
  /** The customer managed key of the environment. */
  readonly keyArn: string;
  readonly claimsTableArn: string;
  readonly triggerArn: string;
  readonly triggerRoleArn: string;
  /** The published version behind the trigger's alias. */
  readonly triggerVersion: string;
}

/** How long a look may take, in seconds; most take two. */
const TIMEOUT_SECONDS = 60;

/** The watcher: a function, its memory, and what makes it look. */
export class PoolWatch extends Construct {
  /** What the watcher and the canary remember. */
  readonly tableArn: string;

  constructor(scope: Construct, id: string, props: PoolWatchProps) {
    super(scope, id);
    const { environment, keyArn } = props;
    const table = createTable(this, props);
    this.tableArn = table.arn;
    const watcher = addWatchFunction(this, {
      environment,
      keyArn,
      name: watchName(environment.name),
      logGroupName: watchLogGroupName(environment.name),
      description: 'Says what differs from the declaration, since when and by whom',
      roleDescription: 'Reads what is deployed, and no secret',
      permissions: (logGroupArn) => permissions(props, table.arn, logGroupArn),
      bundle: '@cognito-m2m/pool-watch/bundle',
      label: 'watcher',
      timeoutSeconds: TIMEOUT_SECONDS,
      variables: variables(props),
    });
    addRules(this, props, watcher);
    addAlarms(this, environment);
  }
}

/** A table of its own: what happened to the claims table must not be forgotten with it. */
function createTable(scope: Construct, { environment, keyArn }: PoolWatchProps): DynamodbTable {
  return new DynamodbTable(scope, 'table', {
    name: watchTableName(environment.name),
    billingMode: 'PAY_PER_REQUEST',
    hashKey: 'pk',
    rangeKey: 'sk',
    attribute: [
      { name: 'pk', type: 'S' },
      { name: 'sk', type: 'S' },
    ],
    ttl: { attributeName: 'expiresAt', enabled: true },
    serverSideEncryption: { enabled: true, kmsKeyArn: keyArn },
    pointInTimeRecovery: { enabled: true },
    deletionProtectionEnabled: !environment.isDisposable,
    lifecycle: { preventDestroy: !environment.isDisposable },
  });
}

function variables({ environment, triggerVersion }: PoolWatchProps): Record<string, string> {
  const { name, alarmTopicArn } = environment;
  return {
    [WATCH_VARIABLES.declared]: toWatchedVariable(environment),
    [WATCH_VARIABLES.tableName]: watchTableName(name),
    [WATCH_VARIABLES.triggerVersion]: triggerVersion,
    ...(alarmTopicArn !== undefined && { [WATCH_VARIABLES.topicArn]: alarmTopicArn }),
    POWERTOOLS_LOG_LEVEL: 'INFO',
  };
}

/** One statement for each resource. */
function allow(
  Sid: string,
  Action: readonly string[],
  ...resources: readonly string[]
): PolicyStatement[] {
  return resources.map((Resource, index) => ({
    Sid: index === 0 ? Sid : `${Sid}${index + 1}`,
    Effect: 'Allow',
    Action,
    Resource,
  }));
}

const READ_FUNCTION = [
  'lambda:GetAlias',
  'lambda:GetFunctionConcurrency',
  'lambda:GetFunctionConfiguration',
  'lambda:GetPolicy',
];

const READ_CLAIMS = [
  'dynamodb:DescribeContinuousBackups',
  'dynamodb:DescribeTable',
  'dynamodb:Query',
];

const REMEMBER = [
  'dynamodb:DeleteItem',
  'dynamodb:GetItem',
  'dynamodb:PutItem',
  'dynamodb:Query',
  'dynamodb:UpdateItem',
];

/** What the watcher may do, whatever the pools are. Each pool's stack adds the rights on that pool. */
function permissions(
  props: PoolWatchProps,
  tableArn: string,
  logGroupArn: string,
): PolicyStatement[] {
  const { environment, keyArn, claimsTableArn, triggerArn, triggerRoleArn } = props;
  const viaDynamoDb = {
    StringEquals: { 'kms:ViaService': serviceAddress('dynamodb', environment.region) },
  };
  return [
    ...allow('ReadTrigger', READ_FUNCTION, triggerArn, `${triggerArn}:${TRIGGER_ALIAS}`),
    ...allow('JudgeTriggerRole', ['iam:SimulatePrincipalPolicy'], triggerRoleArn),
    ...allow('ReadClaims', READ_CLAIMS, claimsTableArn),
    ...allow('Remember', REMEMBER, tableArn),
    ...allow('UseKey', ['kms:Decrypt', 'kms:Encrypt', 'kms:GenerateDataKey'], keyArn).map(
      (statement) => ({ ...statement, Condition: viaDynamoDb }),
    ),
    ...allow('Tell', ['sns:Publish'], ...[environment.alarmTopicArn ?? []].flat()),
    ...allow('WriteLog', ['logs:CreateLogStream', 'logs:PutLogEvents'], `${logGroupArn}:*`),
  ];
}

function addRules(scope: Construct, props: PoolWatchProps, watcher: LambdaFunction): void {
  const { environment, watch, accountId } = props;
  const rules = [
    ...watchRules(environment.name).map(({ name, description, pattern }) => ({
      name,
      description,
      eventPattern: JSON.stringify(pattern),
    })),
    {
      name: 'schedule',
      description: 'Whatever was reported: AWS CloudTrail can be late, and rules can be disabled',
      scheduleExpression: `rate(${watch.everyMinutes} minute${watch.everyMinutes === 1 ? '' : 's'})`,
    },
  ];
  for (const { name, ...config } of rules) {
    const rule = new CloudwatchEventRule(scope, `rule-${name}`, {
      name: `${watchName(environment.name)}-${name}`,
      ...config,
    });
    new CloudwatchEventTarget(scope, `target-${name}`, { rule: rule.name, arn: watcher.arn });
    new LambdaPermission(scope, `permission-${name}`, {
      statementId: `rule-${name}`,
      functionName: watcher.functionName,
      action: 'lambda:InvokeFunction',
      principal: 'events.amazonaws.com',
      sourceArn: rule.arn,
      sourceAccount: accountId,
    });
  }
}

function addAlarms(scope: Construct, environment: Environment): void {
  const actions = environment.alarmTopicArn === undefined ? [] : [environment.alarmTopicArn];
  for (const { name, description, config } of watchAlarms(environment.name)) {
    new CloudwatchMetricAlarm(scope, name, {
      ...config,
      alarmName: alarmName(environment.name, name),
      alarmDescription: description,
      alarmActions: actions,
      okActions: actions,
    });
  }
}

const READ_POOL = [
  'cognito-idp:DescribeUserPool',
  'cognito-idp:ListResourceServers',
  'cognito-idp:ListUserPoolClientSecrets',
  'cognito-idp:ListUserPoolClients',
];

/** The rights on one pool, which only the pool's own stack can name. */
export function addWatchPermissions(
  scope: Construct,
  props: {
    readonly environment: Environment;
    readonly pool: Pool;
    readonly userPoolArn: string;
    readonly arnOf: (service: string, resource: string) => string;
  },
): void {
  const { environment, pool, userPoolArn, arnOf } = props;
  if (environment.watch === undefined) return;
  const names = poolParameterNames(environment.name, pool.name);
  const isHealing = environment.watch.heal.includes('trigger');
  // Only a pool of another owner has a former trigger to remember.
  const attachment =
    pool.existing === undefined
      ? []
      : [arnOf('ssm', `parameter${attachmentParameterName(environment.name, pool.name)}`)];
  const parameters = [names.userPoolId, names.tableName, names.issuer].map((name) =>
    arnOf('ssm', `parameter${name}`),
  );
  const healing = [
    ...allow('PutTriggerBack', ['cognito-idp:UpdateUserPool'], userPoolArn),
    ...allow('RememberFormerTrigger', ['ssm:PutParameter'], ...attachment),
  ];
  const statements = [
    ...allow('ReadPool', READ_POOL, userPoolArn),
    ...allow('FindPool', ['ssm:GetParameters'], ...parameters, ...attachment),
    ...allow(
      'ListSecretVersions',
      // Ids and labels of versions; no value.
      ['secretsmanager:ListSecretVersionIds'],
      arnOf('secretsmanager', `secret:m2m/${environment.name}/${pool.name}/*`),
    ),
  ];
  new IamRolePolicy(scope, 'watch', {
    name: `pool-${pool.name}`,
    role: watchName(environment.name),
    policy: policyJson(isHealing ? [...statements, ...healing] : statements),
  });
}
