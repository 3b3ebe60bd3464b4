import { KmsAlias } from '@cdktf/provider-aws/lib/kms-alias/index.js';
import { KmsKey } from '@cdktf/provider-aws/lib/kms-key/index.js';
import type { Environment } from '@cognito-m2m/environment';
import { keyAliasName, logGroupName } from '@cognito-m2m/environment/names';
import { Construct } from 'constructs';
import { type PolicyStatement, policyJson } from '../policy.ts';

/** What the key is made from. */
export interface ClaimsKeyProps {
  readonly environment: Environment;
  readonly accountId: string;
  readonly partition: string;
}

/** What a user of a key does with it. */
const USE_ACTIONS = [
  'kms:Decrypt',
  'kms:DescribeKey',
  'kms:Encrypt',
  'kms:GenerateDataKey',
  'kms:GenerateDataKeyWithoutPlaintext',
  'kms:ReEncryptFrom',
  'kms:ReEncryptTo',
];

/** What the account may let its own principals do, spelled out so that no action hides behind a wildcard. */
const ADMINISTRATION_ACTIONS = [
  'kms:CancelKeyDeletion',
  'kms:CreateAlias',
  'kms:CreateGrant',
  'kms:DeleteAlias',
  'kms:DisableKey',
  'kms:DisableKeyRotation',
  'kms:EnableKey',
  'kms:EnableKeyRotation',
  'kms:GetKeyPolicy',
  'kms:GetKeyRotationStatus',
  'kms:ListGrants',
  'kms:ListKeyPolicies',
  'kms:ListKeyRotations',
  'kms:ListResourceTags',
  'kms:PutKeyPolicy',
  'kms:RetireGrant',
  'kms:RevokeGrant',
  'kms:RotateKeyOnDemand',
  'kms:ScheduleKeyDeletion',
  'kms:TagResource',
  'kms:UntagResource',
  'kms:UpdateAlias',
  'kms:UpdateKeyDescription',
];

/** The customer managed key of an environment, rotated every year: for the table, the logs and the client secrets. */
export class ClaimsKey extends Construct {
  readonly key: KmsKey;

  constructor(scope: Construct, id: string, props: ClaimsKeyProps) {
    super(scope, id);
    const { environment } = props;
    this.key = new KmsKey(this, 'key', {
      description: `Claims table, trigger logs and client secrets of ${environment.name}`,
      enableKeyRotation: true,
      // In days; AWS takes 7 to 30.
      deletionWindowInDays: environment.isDisposable ? 7 : 30,
      policy: policyJson([accountStatement(props), logsStatement(props)]),
      lifecycle: { preventDestroy: !environment.isDisposable },
    });
    new KmsAlias(this, 'alias', {
      name: keyAliasName(environment.name),
      targetKeyId: this.key.keyId,
    });
  }
}

/** @see https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html */
function accountStatement({ accountId, partition }: ClaimsKeyProps): PolicyStatement {
  return {
    Sid: 'AccountThroughItsOwnPolicies',
    Effect: 'Allow',
    Principal: { AWS: `arn:${partition}:iam::${accountId}:root` },
    Action: [...ADMINISTRATION_ACTIONS, ...USE_ACTIONS],
    // In a key policy this means the key that the policy is attached to, and nothing else.
    Resource: '*',
  };
}

/** @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html */
function logsStatement({ environment, accountId, partition }: ClaimsKeyProps): PolicyStatement {
  const { name, region } = environment;
  return {
    Sid: 'TriggerLogGroup',
    Effect: 'Allow',
    Principal: { Service: `logs.${region}.amazonaws.com` },
    Action: USE_ACTIONS,
    Resource: '*',
    Condition: {
      ArnEquals: {
        'kms:EncryptionContext:aws:logs:arn': `arn:${partition}:logs:${region}:${accountId}:log-group:${logGroupName(name)}`,
      },
    },
  };
}
