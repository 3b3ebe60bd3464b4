import { findBroken, type Guardrail, readArgument } from './guardrail.ts';

/** What can't be made again as it was. */
const IRREPLACEABLE_TYPES = [
  'aws_cognito_user_pool',
  'aws_cognito_user_pool_domain',
  'aws_dynamodb_table',
  'aws_kms_key',
];

/** Pools and claims are protected from deletion, but for trials and at the end; claims can always be restored. */
export const deletionProtection: Guardrail = {
  name: 'protected from deletion',
  check: (stack) => [
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
              'may be destroyed by Terraform, and all that depends on it first',
            ),
          ),
        ]),
  ],
};
