import { DynamodbTable } from '@cdktf/provider-aws/lib/dynamodb-table/index.js';
import { KmsAlias } from '@cdktf/provider-aws/lib/kms-alias/index.js';
import { KmsKey } from '@cdktf/provider-aws/lib/kms-key/index.js';
import { CLAIMS_TABLE_KEYS } from '@cognito-m2m/claims-store/table';
import type { Environment } from '@cognito-m2m/environment';
import {
  keyAliasName,
  logGroupName,
  serviceAddress,
  tableName,
  watchLogGroupName,
} from '@cognito-m2m/environment/names';
import { Construct } from 'constructs';
import { type PolicyStatement, policyJson } from '../policy.ts';

/** Adds the claims table and the key that encrypts it. */
export function addClaimsTable(
  scope: Construct,
  props: ClaimsKeyProps,
): { readonly key: KmsKey; readonly table: DynamodbTable } {
  const { key } = new ClaimsKey(scope, 'key', props);
  const { environment } = props;
  const { table } = new ClaimsTable(scope, 'table', { environment, keyArn: key.arn });
  return { key, table };
}

/** What the key is made from. */
interface ClaimsKeyProps {
  readonly environment: Environment;
  readonly accountId: string;
  readonly partition: string;
}

/** What a user of the key may do. */
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
class ClaimsKey extends Construct {
  readonly key: KmsKey;

  constructor(scope: Construct, id: string, props: ClaimsKeyProps) {
    super(scope, id);
    const { environment } = props;
    this.key = new KmsKey(this, 'key', {
      description: `Claims table, trigger logs and client secrets of ${environment.name}`,
      enableKeyRotation: true,
      // In days; AWS accepts 7 to 30.
      deletionWindowInDays: environment.isDisposable ? 7 : 30,
      policy: policyJson([
        accountStatement(props),
        logsStatement(props),
        ...readersStatements(props),
      ]),
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
  const { name, region, watch } = environment;
  const groups = [logGroupName(name), ...(watch === undefined ? [] : [watchLogGroupName(name)])];
  return {
    Sid: 'TriggerLogGroup',
    Effect: 'Allow',
    Principal: { Service: serviceAddress('logs', region) },
    Action: USE_ACTIONS,
    Resource: '*',
    Condition: {
      ArnEquals: {
        'kms:EncryptionContext:aws:logs:arn': groups.map(
          (group) => `arn:${partition}:logs:${region}:${accountId}:log-group:${group}`,
        ),
      },
    },
  };
}

/**
 * Readers decrypt the secrets of this environment through AWS Secrets Manager, and nothing else. Another account needs this in
 * addition to the policy of the secret.
 *
 * @see https://docs.aws.amazon.com/secretsmanager/latest/userguide/auth-and-access_examples_cross.html
 */
function readersStatements({
  environment,
  accountId,
  partition,
}: ClaimsKeyProps): PolicyStatement[] {
  const { name, region, pools } = environment;
  const readers = pools.flatMap(({ clients }) => clients.flatMap((client) => client.readers));
  if (readers.length === 0) return [];
  const secrets = `arn:${partition}:secretsmanager:${region}:${accountId}:secret:m2m/${name}/*`;
  return [
    {
      Sid: 'ReadersOfClientSecrets',
      Effect: 'Allow',
      Principal: { AWS: [...new Set(readers)].sort() },
      Action: ['kms:Decrypt'],
      Resource: '*',
      Condition: {
        StringEquals: { 'kms:ViaService': serviceAddress('secretsmanager', region) },
        StringLike: { 'kms:EncryptionContext:SecretARN': secrets },
      },
    },
  ];
}

/** What the table is made from. */
interface ClaimsTableProps {
  readonly environment: Environment;
  /** The customer managed key that encrypts it. */
  readonly keyArn: string;
}

/** The claims table: on demand, encrypted, restorable to any second of the last 35 days, and protected from deletion. */
class ClaimsTable extends Construct {
  readonly table: DynamodbTable;

  constructor(scope: Construct, id: string, props: ClaimsTableProps) {
    super(scope, id);
    const { environment, keyArn } = props;
    const { partitionKey, sortKey } = CLAIMS_TABLE_KEYS;
    this.table = new DynamodbTable(this, 'table', {
      name: tableName(environment.name),
      billingMode: 'PAY_PER_REQUEST',
      hashKey: partitionKey,
      rangeKey: sortKey,
      attribute: [
        { name: partitionKey, type: 'S' },
        { name: sortKey, type: 'S' },
      ],
      serverSideEncryption: { enabled: true, kmsKeyArn: keyArn },
      pointInTimeRecovery: { enabled: true },
      deletionProtectionEnabled: !environment.isDisposable,
      // AWS refuses to delete the table only after everything around it is gone; Terraform refuses first.
      lifecycle: { preventDestroy: !environment.isDisposable },
    });
  }
}
