import { isUnknownOperation } from '@cognito-m2m/doctor';
import type { NextStep } from './errors.ts';

/** What a failed request to AWS says, and what to do about it. */
interface AwsFault {
  readonly message: string;
  /** @default the help of the command that failed */
  readonly next?: NextStep;
}

/** An error of the AWS SDK, with what `nameOperations` adds. */
interface AwsError extends Error {
  readonly code?: string;
  readonly operation?: string;
  readonly $metadata?: { readonly httpStatusCode?: number };
}

const CONNECTION_CODES: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'ETIMEDOUT',
  'EAI_AGAIN',
]);

/** No credentials, or some that are good no longer. */
const SIGN_IN_NAMES: ReadonlySet<string> = new Set([
  'CredentialsProviderError',
  'TokenProviderError',
  'ExpiredToken',
  'ExpiredTokenException',
  'InvalidClientTokenId',
  'UnrecognizedClientException',
]);

const SIGN_IN = 'aws sso login, or set AWS_PROFILE; for a local Cognito: npx -y pnpm@12 start';
const CHECK_ENDPOINT = 'check AWS_ENDPOINT_URL and network';
const LATER = 'the same command again in a minute';

/** True for an error of the AWS SDK, or of the connection to AWS. */
export function isAwsError(error: unknown): error is AwsError {
  if (!(error instanceof Error)) return false;
  return '$metadata' in error || isConnectionError(error) || SIGN_IN_NAMES.has(error.name);
}

/** Says what AWS did not do, and what helps; the service's own message stays out, because it may quote a value. */
export function describeAwsError(error: AwsError): AwsFault {
  const { name, operation = 'a request' } = error;
  const status = error.$metadata?.httpStatusCode ?? 0;
  if (name === 'CredentialsProviderError' || name === 'TokenProviderError') {
    return { message: 'No AWS credentials were found.', next: SIGN_IN };
  }
  if (isConnectionError(error)) {
    return { message: `AWS can't be reached: ${error.code ?? name}.`, next: CHECK_ENDPOINT };
  }
  // The SDK could not read the answer: a proxy, a login page, another server at the endpoint.
  if (name === 'SyntaxError' || name === 'Unknown') {
    return { message: `What answered ${operation} is not AWS.`, next: CHECK_ENDPOINT };
  }
  if (isUnknownOperation(error)) {
    const next = 'unset AWS_ENDPOINT_URL to ask AWS itself, or update the API at that address';
    return { message: `The API does not know ${operation}.`, next };
  }
  const message = `AWS refused ${operation}: ${name}.`;
  if (SIGN_IN_NAMES.has(name)) return { message, next: SIGN_IN };
  if (isThrottling(name) || status >= 500) return { message, next: LATER };
  if (/AccessDenied|NotAuthorized|Forbidden/.test(name)) {
    return { message, next: 'aws sts get-caller-identity, to see who you are for AWS' };
  }
  return /NotFound/.test(name) ? { message, next: { m2m: 'doctor' } } : { message };
}

function isConnectionError({ name, code }: AwsError): boolean {
  return (code !== undefined && CONNECTION_CODES.has(code)) || name === 'TimeoutError';
}

function isThrottling(name: string): boolean {
  return /Throttl|TooManyRequests|RequestLimitExceeded/.test(name);
}
