import { EnvironmentError } from '@cognito-m2m/environment';
import { CliError } from './errors.ts';
import { EXIT_CODES, type ExitCode } from './exit-codes.ts';

/** An error as `m2m` reports it. */
export interface ErrorReport {
  readonly exitCode: ExitCode;
  readonly code: string;
  readonly message: string;
  /** The command to run next. */
  readonly next?: string;
}

/** Next steps for errors of the claims table, by code. */
const STORE_NEXT_STEPS: { readonly [code: string]: string } = {
  ERR_STORE_LOST_RACE: 'm2m history <pool> <client> --env <name>, then run your command again',
  ERR_STORE_ACCESS: 'm2m doctor --env <name>',
  ERR_STORE_ITEM_INVALID: 'm2m doctor --env <name>',
};

/**
 * Says what to report of anything that was thrown.
 *
 * An error without a code that we know is a bug: its own message stays out, because it may quote what it failed on.
 */
export function reportError(error: unknown): ErrorReport {
  if (error instanceof CliError) {
    return fault(error.code, error.message, error.next);
  }
  if (error instanceof EnvironmentError) {
    return fault(error.code, error.message, nextForEnvironment(error));
  }
  if (isStoreError(error)) {
    const next = STORE_NEXT_STEPS[error.code] ?? 'the same command again in a minute';
    return fault(error.code, error.message, next);
  }
  return isAwsError(error) ? reportAwsError(error) : reportBug(error);
}

function fault(code: string, message: string, next: string | undefined): ErrorReport {
  return { exitCode: EXIT_CODES.fault, code, message, ...(next !== undefined && { next }) };
}

function nextForEnvironment({ code }: EnvironmentError): string {
  return code === 'ERR_ENVIRONMENT_UNKNOWN'
    ? 'the same command with a known --env'
    : 'correct the file, then run the same command again';
}

interface CodedError extends Error {
  readonly code: string;
}

// By name and code, not by class: importing the store's errors loads the AWS SDK into every start.
function isStoreError(error: unknown): error is CodedError {
  return error instanceof Error && error.name === 'StoreError' && 'code' in error;
}

interface AwsError extends Error {
  readonly code?: string;
}

const CONNECTION_CODES: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'ETIMEDOUT',
  'EAI_AGAIN',
]);

function isAwsError(error: unknown): error is AwsError {
  if (!(error instanceof Error)) return false;
  const isConnection = 'code' in error && CONNECTION_CODES.has(String(error.code));
  return '$metadata' in error || isConnection || isCredentialsError(error);
}

function isCredentialsError({ name }: Error): boolean {
  return name === 'CredentialsProviderError' || name === 'TokenProviderError';
}

function reportAwsError(error: AwsError): ErrorReport {
  const code = 'ERR_AWS_REQUEST_FAILED';
  if (isCredentialsError(error)) {
    return fault(
      code,
      'No AWS credentials were found.',
      'aws sso login, or set AWS_PROFILE; for a local Cognito: npx -y pnpm@12 start',
    );
  }
  if (error.code !== undefined && CONNECTION_CODES.has(error.code)) {
    return fault(
      code,
      `AWS can't be reached: ${error.code}.`,
      'check AWS_ENDPOINT_URL and network',
    );
  }
  const message = `AWS refused a request: ${error.name}.`;
  return fault(code, message, 'aws sts get-caller-identity, to see who you are for AWS');
}

function reportBug(error: unknown): ErrorReport {
  const kind = error instanceof Error ? error.name : typeof error;
  const frames = error instanceof Error ? stackFrames(error) : '';
  return {
    exitCode: EXIT_CODES.bug,
    code: 'ERR_INTERNAL',
    message: `m2m failed with ${kind}. This is a bug in m2m, not your fault.${frames}`,
    next: 'report the lines above with the command that you ran',
  };
}

// The stack begins with the message, which may quote a value.
function stackFrames({ stack = '' }: Error): string {
  const frames = stack.split('\n').filter((line) => /^\s+at /.test(line));
  return frames.length === 0 ? '' : `\n${frames.join('\n')}`;
}
