import {
  type Finding,
  findBroken,
  type GuardedStack,
  type Guardrail,
  readArgument,
  resourcesOf,
} from './guardrail.ts';

/** Where each kind of store names its key. */
const KEY_ARGUMENTS: { readonly [type: string]: readonly string[] } = {
  aws_dynamodb_table: ['server_side_encryption', 'kms_key_arn'],
  aws_cloudwatch_log_group: ['kms_key_id'],
  aws_secretsmanager_secret: ['kms_key_id'],
};

/** What keeps nothing, or nothing that is more than a name. */
const STORES_NOTHING: readonly string[] = [
  'aws_cloudwatch_dashboard',
  'aws_cloudwatch_metric_alarm',
  'aws_cognito_resource_server',
  'aws_cognito_user_pool',
  'aws_cognito_user_pool_client',
  'aws_cognito_user_pool_domain',
  // In the table, or in the secret.
  'aws_dynamodb_table_item',
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

/** Whatever stores data does so under a customer managed key that rotates; so does the state in S3. */
export const encryption: Guardrail = {
  name: 'encrypted with a customer managed key',
  check: (stack) => [
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

/** A store that came later must be thought about: a queue, a topic, a bucket. */
function checkTypes(stack: GuardedStack): Finding[] {
  const known = [...Object.keys(KEY_ARGUMENTS), ...STORES_NOTHING];
  return resourcesOf(stack)
    .filter(({ type }) => !known.includes(type))
    .map(({ address }) => ({
      where: address,
      problem: 'may store something; say so in encryption.ts',
    }));
}

function checkState({ config }: GuardedStack): Finding[] {
  const { s3 } = config.terraform.backend;
  if (s3 === undefined || (s3['encrypt'] === true && hasText(s3['kms_key_id']))) return [];
  return [{ where: 'terraform.backend.s3', problem: 'the state is not encrypted' }];
}

function hasText(value: unknown): boolean {
  return typeof value === 'string' && value !== '';
}
