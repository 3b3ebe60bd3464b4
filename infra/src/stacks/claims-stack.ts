import { CloudwatchLogGroup } from '@cdktf/provider-aws/lib/cloudwatch-log-group/index.js';
import { DataAwsCallerIdentity } from '@cdktf/provider-aws/lib/data-aws-caller-identity/index.js';
import { DataAwsPartition } from '@cdktf/provider-aws/lib/data-aws-partition/index.js';
import { IamRole } from '@cdktf/provider-aws/lib/iam-role/index.js';
import { IamRolePolicy } from '@cdktf/provider-aws/lib/iam-role-policy/index.js';
import { LambdaAlias } from '@cdktf/provider-aws/lib/lambda-alias/index.js';
import { LambdaFunction } from '@cdktf/provider-aws/lib/lambda-function/index.js';
import { LambdaProvisionedConcurrencyConfig } from '@cdktf/provider-aws/lib/lambda-provisioned-concurrency-config/index.js';
import { VERSION } from '@cognito-m2m/claim-schema';
import { digestContract } from '@cognito-m2m/claim-schema/contract-diff';
import { toTriggerVariables } from '@cognito-m2m/claims-store/trigger-settings';
import {
  type Environment,
  type TriggerSettings,
  toTokenIssuersVariable,
  toUserTriggersVariable,
} from '@cognito-m2m/environment';
import {
  COGNITO_LIMIT_SECONDS,
  claimsStackName,
  logGroupName,
  serviceAddress,
  TRIGGER_ALIAS,
  tableName,
  triggerName,
} from '@cognito-m2m/environment/names';
import { AssetType, type ITerraformDependable, TerraformAsset } from 'cdktf';
import { Construct } from 'constructs';
import { addClaimsTable } from '../constructs/claims-table.ts';
import { PoolCanary } from '../constructs/pool-canary.ts';
import { PoolWatch } from '../constructs/pool-watch.ts';
import { addTriggerMonitoring } from '../constructs/trigger-monitoring.ts';
import { policyJson } from '../policy.ts';
import { EnvironmentStack } from './environment-stack.ts';

/** What the stack is made from. */
interface ClaimsStackProps {
  readonly environment: Environment;
  /** The folder that holds the trigger's built bundle and nothing else. */
  readonly triggerDirectory: string;
}

/** `<env>-claims`: the table, the trigger and what watches it. One per environment, shared by its pools. */
export class ClaimsStack extends EnvironmentStack {
  constructor(scope: Construct, props: ClaimsStackProps) {
    const { environment, triggerDirectory } = props;
    super(scope, claimsStackName(environment.name), {
      environment,
      tags: { owner: environment.owner },
    });

    const account = {
      accountId: new DataAwsCallerIdentity(this, 'caller').accountId,
      partition: new DataAwsPartition(this, 'partition').partition,
    };
    const { key, table } = addClaimsTable(this, { environment, ...account });
    const { logGroup } = new TriggerLogGroup(this, 'logs', { environment, keyArn: key.arn });
    const { role, policy } = new TriggerRole(this, 'role', {
      environment,
      tableArn: table.arn,
      keyArn: key.arn,
      logGroupArn: logGroup.arn,
    });
    const trigger = new TriggerFunction(this, 'trigger', {
      environment,
      triggerDirectory,
      roleArn: role.arn,
      // A function that starts before its policy exists would fail its first reads.
      dependsOn: [policy, logGroup],
    });
    addTriggerMonitoring(this, environment);
    if (environment.watch !== undefined) {
      const shared = { accountId: account.accountId, keyArn: key.arn, claimsTableArn: table.arn };
      const { watch } = environment;
      const { tableArn } = new PoolWatch(this, 'watch', {
        environment,
        watch,
        ...shared,
        triggerArn: trigger.function.arn,
        triggerRoleArn: role.arn,
        triggerVersion: trigger.alias.functionVersion,
      });
      if (environment.pools.some(({ canary }) => canary !== undefined)) {
        new PoolCanary(this, 'canary', { environment, watch, ...shared, watchTableArn: tableArn });
      }
    }
  }
}

/** A probe's trigger must outlive the limit of Amazon Cognito, or Lambda's own limit would be measured. */
const PROBE_LIMIT_SECONDS = 20;

/** What the function is made from. */
interface TriggerFunctionProps {
  readonly environment: Environment;
  /** The folder that holds the built bundle and nothing else. */
  readonly triggerDirectory: string;
  readonly roleArn: string;
  /** What must exist before the function starts. @default nothing */
  readonly dependsOn?: ITerraformDependable[];
}

/** The pre-token-generation trigger: a published version behind the alias that the pools call. */
class TriggerFunction extends Construct {
  readonly function: LambdaFunction;
  readonly alias: LambdaAlias;

  constructor(scope: Construct, id: string, props: TriggerFunctionProps) {
    super(scope, id);
    const { environment, roleArn, dependsOn = [] } = props;
    const { trigger } = environment;
    const bundle = new TerraformAsset(this, 'bundle', {
      path: props.triggerDirectory,
      type: AssetType.ARCHIVE,
    });
    this.function = new LambdaFunction(this, 'function', {
      functionName: triggerName(environment.name),
      description: 'Adds the declared claims to machine-to-machine access tokens',
      filename: bundle.path,
      sourceCodeHash: bundle.assetHash,
      handler: 'index.handler',
      runtime: trigger.runtime,
      architectures: ['arm64'],
      memorySize: trigger.memoryMb,
      timeout: environment.isProbe ? PROBE_LIMIT_SECONDS : COGNITO_LIMIT_SECONDS,
      role: roleArn,
      publish: true,
      environment: { variables: variables(environment) },
      loggingConfig: { logFormat: 'JSON', logGroup: logGroupName(environment.name) },
      dependsOn,
    });
    if (trigger.reservedConcurrency !== undefined) {
      this.function.reservedConcurrentExecutions = trigger.reservedConcurrency;
    }
    this.alias = new LambdaAlias(this, 'alias', {
      name: TRIGGER_ALIAS,
      description: 'What the user pools call',
      functionName: this.function.functionName,
      functionVersion: this.function.version,
    });
    addProvisionedConcurrency(this, this.alias, trigger);
  }
}

/** The trigger's settings; none is a secret. */
function variables(environment: Environment): Record<string, string> {
  const { contract, name, trigger } = environment;
  return {
    ...toTriggerVariables({
      ...trigger,
      tableName: tableName(name),
      tokenIssuers: toTokenIssuersVariable(environment),
      userTriggers: toUserTriggersVariable(environment),
      contractDigest: digestContract(contract),
      version: VERSION,
    }),
    POWERTOOLS_SERVICE_NAME: triggerName(name),
    POWERTOOLS_LOG_LEVEL: 'INFO',
  };
}

function addProvisionedConcurrency(scope: Construct, alias: LambdaAlias, trigger: TriggerSettings) {
  if (trigger.provisionedConcurrency === undefined) return;
  new LambdaProvisionedConcurrencyConfig(scope, 'warm', {
    functionName: alias.functionName,
    qualifier: alias.name,
    provisionedConcurrentExecutions: trigger.provisionedConcurrency,
  });
}

/** What the role is made from. */
interface TriggerRoleProps {
  readonly environment: Environment;
  readonly tableArn: string;
  readonly keyArn: string;
  readonly logGroupArn: string;
}

/** The trigger's role: it reads one table, decrypts with one key through that table, and writes to one log group. */
class TriggerRole extends Construct {
  readonly role: IamRole;
  readonly policy: IamRolePolicy;

  constructor(scope: Construct, id: string, props: TriggerRoleProps) {
    super(scope, id);
    const name = triggerName(props.environment.name);
    this.role = new IamRole(this, 'role', {
      name,
      description: 'Reads claims for access tokens, and nothing else',
      assumeRolePolicy: policyJson([
        {
          Sid: 'Lambda',
          Effect: 'Allow',
          Principal: { Service: 'lambda.amazonaws.com' },
          Action: ['sts:AssumeRole'],
        },
      ]),
    });
    this.policy = new IamRolePolicy(this, 'policy', {
      name,
      role: this.role.name,
      policy: permissions(props),
    });
  }
}

function permissions({ environment, tableArn, keyArn, logGroupArn }: TriggerRoleProps): string {
  return policyJson([
    {
      Sid: 'ReadClaims',
      Effect: 'Allow',
      Action: ['dynamodb:Query'],
      Resource: tableArn,
    },
    {
      Sid: 'DecryptClaims',
      Effect: 'Allow',
      Action: ['kms:Decrypt'],
      Resource: keyArn,
      Condition: {
        StringEquals: { 'kms:ViaService': serviceAddress('dynamodb', environment.region) },
      },
    },
    {
      Sid: 'WriteLog',
      Effect: 'Allow',
      Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      // A policy names a log group with this ending, which stands for its streams: AWS Lambda names those itself.
      // @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_LogGroup.html
      Resource: `${logGroupArn}:*`,
    },
    ...userTriggerArns(environment).map((arn, index) => ({
      Sid: `InvokeUserTrigger${index + 1}`,
      Effect: 'Allow' as const,
      Action: ['lambda:InvokeFunction'],
      Resource: arn,
    })),
  ]);
}

/** The functions for users' events, each once. */
function userTriggerArns({ pools }: Environment): string[] {
  return [...new Set(pools.flatMap(({ userTrigger }) => userTrigger?.functionArn ?? []))];
}

/** What the log group is made from. */
interface TriggerLogGroupProps {
  readonly environment: Environment;
  /** The customer managed key that encrypts it. */
  readonly keyArn: string;
}

/** The trigger's log group: encrypted, with the environment's retention. */
class TriggerLogGroup extends Construct {
  readonly logGroup: CloudwatchLogGroup;

  constructor(scope: Construct, id: string, props: TriggerLogGroupProps) {
    super(scope, id);
    const { environment, keyArn } = props;
    this.logGroup = new CloudwatchLogGroup(this, 'group', {
      name: logGroupName(environment.name),
      retentionInDays: environment.trigger.logRetentionDays,
      kmsKeyId: keyArn,
    });
  }
}
