import { LambdaAlias } from '@cdktf/provider-aws/lib/lambda-alias/index.js';
import { LambdaFunction } from '@cdktf/provider-aws/lib/lambda-function/index.js';
import { LambdaProvisionedConcurrencyConfig } from '@cdktf/provider-aws/lib/lambda-provisioned-concurrency-config/index.js';
import { digestContract } from '@cognito-m2m/claim-schema/contract-diff';
import { toTriggerVariables } from '@cognito-m2m/claims-store/trigger-settings';
import type { Environment, TriggerSettings } from '@cognito-m2m/environment';
import {
  COGNITO_LIMIT_SECONDS,
  logGroupName,
  TRIGGER_ALIAS,
  tableName,
  triggerName,
} from '@cognito-m2m/environment/names';
import { AssetType, type ITerraformDependable, TerraformAsset } from 'cdktf';
import { Construct } from 'constructs';

/** What the function is made from. */
export interface TriggerFunctionProps {
  readonly environment: Environment;
  /** The folder that holds the built bundle and nothing else. */
  readonly triggerDirectory: string;
  readonly roleArn: string;
  /** What must be there before the function starts. @default nothing */
  readonly dependsOn?: ITerraformDependable[];
}

/** The pre-token-generation trigger: a published version behind the alias that the pools call. */
export class TriggerFunction extends Construct {
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
      timeout: COGNITO_LIMIT_SECONDS,
      ...(trigger.reservedConcurrency !== undefined && {
        reservedConcurrentExecutions: trigger.reservedConcurrency,
      }),
      role: roleArn,
      publish: true,
      environment: { variables: variables(environment) },
      loggingConfig: { logFormat: 'JSON', logGroup: logGroupName(environment.name) },
      dependsOn,
    });
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
function variables({ contract, name, trigger }: Environment): Record<string, string> {
  return {
    ...toTriggerVariables({
      ...trigger,
      tableName: tableName(name),
      tokenIssuers: undefined,
      contractDigest: digestContract(contract),
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
