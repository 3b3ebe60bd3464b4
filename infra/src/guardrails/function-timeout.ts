import { COGNITO_LIMIT_SECONDS } from '@cognito-m2m/environment/names';
import { findBroken, type Guardrail } from './guardrail.ts';

/** A function ends before Amazon Cognito stops waiting for it. */
export const functionTimeout: Guardrail = {
  name: 'function time-out',
  check: (stack) =>
    findBroken(
      stack,
      'aws_lambda_function',
      (given) => Number(given['timeout']) <= COGNITO_LIMIT_SECONDS,
      `runs longer than the ${COGNITO_LIMIT_SECONDS} s that Amazon Cognito waits`,
    ),
};
