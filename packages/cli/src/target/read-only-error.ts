import { CliError, type CliErrorCode } from '../errors.ts';

/**
 * The error of a change that a local Cognito in front of another API does not make.
 *
 * @param cause - Its refusal, if it was asked.
 */
export function readOnlyError(code: CliErrorCode, cause?: Error): CliError {
  const message = 'This local Cognito shows what is deployed to another API, and changes nothing.';
  const next = 'the same command with --aws, and AWS_ENDPOINT_URL set to that API';
  return new CliError(code, message, { cause, next });
}
