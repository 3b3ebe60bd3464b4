import { findBroken, type Guardrail } from './guardrail.ts';

const REQUIRED = ['source_arn', 'source_account', 'qualifier'] as const;

/**
 * Only the pool itself, of this account, may call the trigger, and only through the alias.
 *
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-working-with-lambda-triggers.html
 */
export const invokePermission: Guardrail = {
  name: 'permission to call the trigger',
  check: (stack) =>
    REQUIRED.flatMap((argument) =>
      findBroken(
        stack,
        'aws_lambda_permission',
        (given) => typeof given[argument] === 'string' && given[argument] !== '',
        `has no ${argument}`,
      ),
    ),
};
