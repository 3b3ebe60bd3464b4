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

/** No credentials, or credentials that are no longer valid. */
const SIGN_IN_NAMES: ReadonlySet<string> = new Set([
  'CredentialsProviderError',
  'TokenProviderError',
  'ExpiredToken',
  'ExpiredTokenException',
  'InvalidClientTokenId',
  'UnrecognizedClientException',
]);

const SIGN_IN = 'aws sso login, or set AWS_PROFILE; for a local Cognito: npx -y pnpm@12 start';
const CHECK_ENDPOINT = 'check AWS_ENDPOINT_URL, HTTPS_PROXY and the network';
const TRUST_CERTIFICATE =
  'set NODE_EXTRA_CA_CERTS to a file with the certificate of the authority that issued it';
const CHECK_PROTOCOL =
  'check that AWS_ENDPOINT_URL begins with http:// or https:// as the server expects';
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
    return connectionFault(error);
  }
  // The SDK could not read the answer: a proxy, a login page, another server at the endpoint.
  if (name === 'SyntaxError' || name === 'Unknown') {
    return {
      message: `The endpoint did not respond like AWS to ${operation}.`,
      next: CHECK_ENDPOINT,
    };
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

/** What the system and its TLS library say of a connection. */
const NETWORK_CODE =
  /^E(?:CONN|AI_|HOST|NET|NOTFOUND|TIMEDOUT|PROTO)|CERT|SELF_SIGNED|UNABLE_TO_|^ERR_(?:TLS|SSL)/;

// The SDK marks what it could not send: then any code is the reason, for a list of them would never be complete.
function isConnectionError(error: AwsError): boolean {
  const { name, code, $metadata } = error;
  if (name === 'TimeoutError') return true;
  if (code === undefined || $metadata?.httpStatusCode !== undefined) return false;
  return $metadata === undefined ? NETWORK_CODE.test(code) : /^[A-Z][A-Z\d_]+$/.test(code);
}

function connectionFault({ name, code = name }: AwsError): AwsFault {
  if (/CERT|SELF_SIGNED|UNABLE_TO_/.test(code)) {
    const message = `Cannot connect to AWS: its TLS certificate is not trusted (${code}).`;
    return { message, next: TRUST_CERTIFICATE };
  }
  if (/EPROTO|ERR_SSL|ERR_TLS|WRONG_VERSION/.test(code)) {
    const message = `Cannot connect to AWS: the server does not respond with TLS (${code}).`;
    return { message, next: CHECK_PROTOCOL };
  }
  return { message: `Cannot connect to AWS: ${code}.`, next: CHECK_ENDPOINT };
}

function isThrottling(name: string): boolean {
  return /Throttl|TooManyRequests|RequestLimitExceeded/.test(name);
}
