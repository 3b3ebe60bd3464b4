import {
  findBroken,
  type GuardedStack,
  type Guardrails,
  readArgument,
  resourcesOf,
  type Violation,
} from './guardrail.ts';

/** What cannot be created again as it was. */
const IRREPLACEABLE_TYPES = [
  'aws_cognito_user_pool',
  'aws_cognito_user_pool_domain',
  'aws_dynamodb_table',
  'aws_kms_key',
];

/** What stores data. */
export const DATA_GUARDRAILS: Guardrails = {
  /** Pools and claims are protected from deletion, except in trials and in an environment that is being retired; claims can always be restored. */
  'protected from deletion': (stack) => [
    ...findBroken(
      stack,
      'aws_dynamodb_table',
      (given) => readArgument(given, 'point_in_time_recovery', 'enabled') === true,
      'has no point-in-time recovery',
    ),
    ...(stack.mayBeDeleted
      ? []
      : [
          ...findBroken(
            stack,
            'aws_dynamodb_table',
            (given) => given['deletion_protection_enabled'] === true,
            'may be deleted',
          ),
          ...findBroken(
            stack,
            'aws_cognito_user_pool',
            (given) => given['deletion_protection'] === 'ACTIVE',
            'may be deleted',
          ),
          ...IRREPLACEABLE_TYPES.flatMap((type) =>
            findBroken(
              stack,
              type,
              (given) => readArgument(given, 'lifecycle', 'prevent_destroy') === true,
              'may be destroyed by Terraform, and everything that depends on it first',
            ),
          ),
        ]),
  ],

  /** Whatever stores data encrypts it with a customer managed key that rotates; so does the state in S3. */
  'encrypted with a customer managed key': (stack) => [
    ...Object.entries(KEY_ARGUMENTS).flatMap(([type, path]) =>
      findBroken(stack, type, (given) => hasText(readArgument(given, ...path)), 'names no key'),
    ),
    ...findBroken(
      stack,
      'aws_dynamodb_table',
      (given) => readArgument(given, 'server_side_encryption', 'enabled') === true,
      'is not encrypted with its key',
    ),
    ...findBroken(
      stack,
      'aws_kms_key',
      (given) => given['enable_key_rotation'] === true,
      'is never rotated',
    ),
    ...checkTypes(stack),
    ...checkState(stack),
  ],
};

/** Where each kind of store names its key. */
const KEY_ARGUMENTS: { readonly [type: string]: readonly string[] } = {
  aws_dynamodb_table: ['server_side_encryption', 'kms_key_arn'],
  aws_cloudwatch_log_group: ['kms_key_id'],
  aws_secretsmanager_secret: ['kms_key_id'],
};

/** What stores nothing, or nothing but names. */
const STORES_NOTHING: readonly string[] = [
  'aws_cloudwatch_dashboard',
  // Which events reach the watcher.
  'aws_cloudwatch_event_rule',
  'aws_cloudwatch_event_target',
  'aws_cloudwatch_metric_alarm',
  'aws_cognito_resource_server',
  'aws_cognito_user_pool',
  'aws_cognito_user_pool_client',
  'aws_cognito_user_pool_domain',
  // In the table, or in the secret.
  'aws_dynamodb_table_item',
  'aws_secretsmanager_secret_policy',
  'aws_secretsmanager_secret_version',
  'aws_iam_role',
  'aws_iam_role_policy',
  'aws_kms_alias',
  'aws_kms_key',
  'aws_lambda_alias',
  // Its variables are names and numbers; the bundle holds no secret.
  'aws_lambda_function',
  'aws_lambda_permission',
  'aws_lambda_provisioned_concurrency_config',
  // Ids and addresses.
  'aws_ssm_parameter',
  'aws_wafv2_web_acl_association',
];

/** A kind of store that is new here needs a decision: a queue, a topic, a bucket. */
function checkTypes(stack: GuardedStack): Violation[] {
  const known = [...Object.keys(KEY_ARGUMENTS), ...STORES_NOTHING];
  return resourcesOf(stack)
    .filter(({ type }) => !known.includes(type))
    .map(({ address }) => ({
      where: address,
      problem: 'may store data; add its type to data-rules.ts',
    }));
}

function checkState({ config }: GuardedStack): Violation[] {
  const { s3 } = config.terraform.backend;
  if (s3 === undefined || (s3['encrypt'] === true && hasText(s3['kms_key_id']))) return [];
  return [{ where: 'terraform.backend.s3', problem: 'the state is not encrypted' }];
}

function hasText(value: unknown): boolean {
  return typeof value === 'string' && value !== '';
}
