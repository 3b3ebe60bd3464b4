import {
  type Finding,
  findBroken,
  type GuardedStack,
  type Guardrail,
  readArgument,
} from './guardrail.ts';

/** Where each kind of store names its key. */
const KEY_ARGUMENTS: { readonly [type: string]: readonly string[] } = {
  aws_dynamodb_table: ['server_side_encryption', 'kms_key_arn'],
  aws_cloudwatch_log_group: ['kms_key_id'],
  aws_secretsmanager_secret: ['kms_key_id'],
};

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
    ...checkState(stack),
  ],
};

function checkState({ config }: GuardedStack): Finding[] {
  const { s3 } = config.terraform.backend;
  if (s3 === undefined || (s3['encrypt'] === true && hasText(s3['kms_key_id']))) return [];
  return [{ where: 'terraform.backend.s3', problem: 'the state is not encrypted' }];
}

function hasText(value: unknown): boolean {
  return typeof value === 'string' && value !== '';
}
