import { findBroken, type Guardrail, readArgument, resourcesOf } from './guardrail.ts';

/** Logs end some day, and every function writes to a log group that we declare. */
export const logRetention: Guardrail = {
  name: 'log retention',
  check: (stack) => {
    const declared = resourcesOf(stack, 'aws_cloudwatch_log_group').map(
      (group) => group.arguments['name'],
    );
    return [
      ...findBroken(
        stack,
        'aws_cloudwatch_log_group',
        (given) => Number(given['retention_in_days']) > 0,
        'keeps its log for ever',
      ),
      ...findBroken(
        stack,
        'aws_lambda_function',
        (given) => declared.includes(readArgument(given, 'logging_config', 'log_group')),
        'writes to a log group that is not declared here',
      ),
    ];
  },
};
