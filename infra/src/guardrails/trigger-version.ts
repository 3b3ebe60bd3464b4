import { findBroken, type Guardrail, readArgument } from './guardrail.ts';

const PLANS: readonly unknown[] = ['ESSENTIALS', 'PLUS'];

/**
 * Every pool calls the trigger for client credentials: version V3_0, on a plan that has it, through an alias.
 *
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-lambda-pre-token-generation.html
 */
export const triggerVersion: Guardrail = {
  name: 'V3_0 trigger',
  check: (stack) => {
    const trigger = ['lambda_config', 'pre_token_generation_config'];
    return [
      ...findBroken(
        stack,
        'aws_cognito_user_pool',
        (given) => readArgument(given, ...trigger, 'lambda_version') === 'V3_0',
        'an earlier trigger version is never called for client credentials',
      ),
      ...findBroken(
        stack,
        'aws_cognito_user_pool',
        (given) => PLANS.includes(given['user_pool_tier']),
        'this plan has no V3_0 trigger',
      ),
      ...findBroken(
        stack,
        'aws_cognito_user_pool',
        // An ARN with a qualifier that is no number.
        (given) =>
          /:function:[^:]+:[A-Za-z_-][\w-]*$/.test(
            String(readArgument(given, ...trigger, 'lambda_arn')),
          ),
        'the trigger is not named by an alias',
      ),
    ];
  },
};
