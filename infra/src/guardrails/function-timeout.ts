import { findBroken, type Guardrail } from './guardrail.ts';

/** In seconds. @see https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-working-with-lambda-triggers.html */
const COGNITO_LIMIT_SECONDS = 5;

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
