import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { CloudwatchLogGroup } from '@cdktf/provider-aws/lib/cloudwatch-log-group/index.js';
import { IamRole } from '@cdktf/provider-aws/lib/iam-role/index.js';
import { IamRolePolicy } from '@cdktf/provider-aws/lib/iam-role-policy/index.js';
import { LambdaFunction } from '@cdktf/provider-aws/lib/lambda-function/index.js';
import type { Environment } from '@cognito-m2m/environment';
import { AssetType, TerraformAsset } from 'cdktf';
import type { Construct } from 'constructs';
import { InfraError } from '../errors.ts';
import { type PolicyStatement, policyJson } from '../policy.ts';

/** What a function that runs on a schedule is made from. */
export interface WatchFunctionProps {
  readonly environment: Environment;
  /** The customer managed key of the environment. */
  readonly keyArn: string;
  /** The name of the function, its role and its policy. */
  readonly name: string;
  readonly logGroupName: string;
  readonly description: string;
  readonly roleDescription: string;
  /** What it may do, given the ARN of its log group. */
  readonly permissions: (logGroupArn: string) => readonly PolicyStatement[];
  /** The entry of the built bundle, and what people call it. */
  readonly bundle: string;
  readonly label: string;
  readonly timeoutSeconds: number;
  readonly variables: { readonly [name: string]: string };
}

/** Adds a function that looks or asks on a schedule, with its role, its log group and nothing else. */
export function addWatchFunction(scope: Construct, props: WatchFunctionProps): LambdaFunction {
  const { environment, name, logGroupName } = props;
  const { trigger } = environment;
  const logGroup = new CloudwatchLogGroup(scope, 'logs', {
    name: logGroupName,
    retentionInDays: trigger.logRetentionDays,
    kmsKeyId: props.keyArn,
  });
  const role = new IamRole(scope, 'role', {
    name,
    description: props.roleDescription,
    assumeRolePolicy: policyJson([
      {
        Sid: 'Lambda',
        Effect: 'Allow',
        Principal: { Service: 'lambda.amazonaws.com' },
        Action: ['sts:AssumeRole'],
      },
    ]),
  });
  const policy = new IamRolePolicy(scope, 'policy', {
    name,
    role: role.name,
    policy: policyJson(props.permissions(logGroup.arn)),
  });
  const bundle = new TerraformAsset(scope, 'bundle', {
    path: findBundle(props),
    type: AssetType.ARCHIVE,
  });
  return new LambdaFunction(scope, 'function', {
    functionName: name,
    description: props.description,
    filename: bundle.path,
    sourceCodeHash: bundle.assetHash,
    handler: 'index.handler',
    runtime: trigger.runtime,
    architectures: ['arm64'],
    memorySize: 256,
    timeout: props.timeoutSeconds,
    role: role.arn,
    environment: { variables: props.variables },
    loggingConfig: { logFormat: 'JSON', logGroup: logGroupName },
    dependsOn: [policy, logGroup],
  });
}

/** Finds the folder of a built bundle. @throws {InfraError} `ERR_INFRA_BUNDLE_MISSING`. */
function findBundle({ bundle, label }: WatchFunctionProps): string {
  const { resolve } = createRequire(import.meta.url);
  try {
    return dirname(resolve(bundle));
  } catch (cause) {
    const message = `The ${label} is not built. Run \`npx -y pnpm@12 build\` first.`;
    throw new InfraError('ERR_INFRA_BUNDLE_MISSING', message, { cause });
  }
}
