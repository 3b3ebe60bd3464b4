import { COGNITO_LIMIT_SECONDS } from '@cognito-m2m/environment/names';
import { InfraError } from '../errors.ts';
import type { ResourceArguments } from '../stack-config.ts';
import { DATA_GUARDRAILS } from './data-rules.ts';
import {
  findBroken,
  type GuardedStack,
  type Guardrails,
  readArgument,
  resourcesOf,
} from './guardrail.ts';
import { SECRET_GUARDRAILS } from './no-exposed-secret.ts';
import { POLICY_GUARDRAILS } from './no-wildcards.ts';
import { USER_POOL_GUARDRAILS } from './user-pool-rules.ts';

const SCHEDULED_NAME = /^m2m-.+-(?:pool-watch|canary)$/;

/** Functions, their logs, and the tags of everything. */
const FUNCTION_GUARDRAILS: Guardrails = {
  /** Logs are deleted after a time, and every function writes to a log group that the stack declares. */
  'log retention': (stack) => {
    const declared = resourcesOf(stack, 'aws_cloudwatch_log_group').map(
      (group) => group.arguments['name'],
    );
    return [
      ...findBroken(
        stack,
        'aws_cloudwatch_log_group',
        (given) => Number(given['retention_in_days']) > 0,
        'keeps logs forever',
      ),
      ...findBroken(
        stack,
        'aws_lambda_function',
        (given) => declared.includes(readArgument(given, 'logging_config', 'log_group')),
        'writes to a log group that the stack does not declare',
      ),
    ];
  },

  /** A function ends before Amazon Cognito stops waiting for it. */
  'function timeout': (stack) =>
    findBroken(
      stack,
      'aws_lambda_function',
      // The watcher and the canary are called by Amazon EventBridge, which does not wait.
      (given) =>
        stack.isProbe || isScheduled(given) || Number(given['timeout']) <= COGNITO_LIMIT_SECONDS,
      `may run longer than the ${COGNITO_LIMIT_SECONDS} s that Amazon Cognito waits`,
    ),

  /** Everything is tagged with its environment, its pool and its owner. */
  tags: (stack) => {
    const hasPool =
      stack.existingUserPoolId !== undefined ||
      resourcesOf(stack, 'aws_cognito_user_pool').length > 0;
    const required = ['environment', 'owner', ...(hasPool ? ['pool'] : [])];
    return stack.config.provider.aws.flatMap(({ default_tags }) => {
      const given = default_tags[0]?.tags ?? {};
      return required
        .filter((key) => (given[key] ?? '') === '')
        .map((key) => ({ where: 'provider.aws', problem: `sets no default tag "${key}"` }));
    });
  },
};

function isScheduled({ function_name }: ResourceArguments): boolean {
  return SCHEDULED_NAME.test(String(function_name));
}

/** All guardrails. */
const GUARDRAILS: Guardrails = {
  ...POLICY_GUARDRAILS,
  ...DATA_GUARDRAILS,
  ...USER_POOL_GUARDRAILS,
  ...SECRET_GUARDRAILS,
  ...FUNCTION_GUARDRAILS,
};

/**
 * Checks synthesized stacks against every guardrail, before anything is written.
 *
 * The constructs follow all of them; this guards against a changed construct.
 *
 * @throws {InfraError} `ERR_INFRA_GUARDRAILS_BROKEN` with every violation at once.
 */
export function checkGuardrails(stacks: readonly GuardedStack[]): void {
  const lines = stacks.flatMap((stack) =>
    Object.entries(GUARDRAILS).flatMap(([name, check]) =>
      check(stack).map(({ where, problem }) => `  - ${stack.name}: ${name}: ${where} ${problem}`),
    ),
  );
  if (lines.length === 0) return;
  const count = `${lines.length} ${lines.length === 1 ? 'violation' : 'violations'}`;
  const message = [`The guardrails refuse these stacks: ${count}.`, ...lines].join('\n');
  throw new InfraError('ERR_INFRA_GUARDRAILS_BROKEN', message);
}
