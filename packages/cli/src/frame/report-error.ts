import { isUnknownOperation } from '@cognito-m2m/doctor';
import { EnvironmentError } from '@cognito-m2m/environment';
import type { CommandLine } from './command.ts';
import { CliError, EXIT_CODES, type ExitCode, type NextStep } from './errors.ts';
import { maskSecrets } from './text.ts';

/** An error as `m2m` reports it. */
interface ErrorReport {
  readonly exitCode: ExitCode;
  readonly code: string;
  readonly message: string;
  /** The command to run next. */
  readonly next: string;
}

/** The run that failed, as far as its report names it. */
export interface FailedRun {
  /** The help of its command: `m2m set --help`. */
  readonly helpCommand: string;
  readonly commandLine: CommandLine;
}

/** Next steps for errors of the claims table, by code. */
const STORE_NEXT_STEPS: { readonly [code: string]: NextStep } = {
  ERR_STORE_ACCESS: { m2m: 'doctor' },
  ERR_STORE_ITEM_INVALID: { m2m: 'doctor' },
};

const ENVIRONMENT_NEXT_STEPS: { readonly [code in EnvironmentError['code']]: NextStep } = {
  ERR_ENVIRONMENT_UNKNOWN: 'the same command with a known --env',
  ERR_ENVIRONMENT_FOLDER_UNREADABLE:
    'the same command with --environments and the folder of the environment files',
  ERR_ENVIRONMENT_UNREADABLE: 'correct the file, then run the same command again',
  ERR_ENVIRONMENT_INVALID: 'correct the file, then run the same command again',
};

/**
 * Says what to report of anything that was thrown; what looks like a secret is hidden.
 *
 * An error without a code that we know is a bug: its own message stays out, because it may quote what it failed on.
 */
export function reportError(error: unknown, run: FailedRun): ErrorReport {
  if (error instanceof CliError) {
    return fault(run, error.code, error.message, error.next);
  }
  if (error instanceof EnvironmentError) {
    return fault(run, error.code, error.message, ENVIRONMENT_NEXT_STEPS[error.code]);
  }
  if (isStoreError(error)) {
    const next = STORE_NEXT_STEPS[error.code] ?? 'the same command again in a minute';
    return fault(run, error.code, error.message, next);
  }
  if (!isAwsError(error)) return reportBug(error);
  const { message, next } = describeAwsError(error);
  return fault(run, 'ERR_AWS_REQUEST_FAILED', message, next);
}

function fault(
  run: FailedRun,
  code: string,
  message: string,
  next: NextStep = run.helpCommand,
): ErrorReport {
  return {
    exitCode: EXIT_CODES.fault,
    code,
    message: maskSecrets(message),
    next: maskSecrets(nextText(next, run)),
  };
}

function nextText(next: NextStep, { commandLine }: FailedRun): string {
  if (typeof next === 'string') return next;
  const command = commandLine(next.m2m);
  return next.afterwards === undefined ? command : `${command}, ${next.afterwards}`;
}

interface CodedError extends Error {
  readonly code: string;
}

// By name and code, not by class: importing the store's errors loads the AWS SDK into every start.
function isStoreError(error: unknown): error is CodedError {
  return error instanceof Error && error.name === 'StoreError' && 'code' in error;
}

function reportBug(error: unknown): ErrorReport {
  const kind = error instanceof Error ? error.name : typeof error;
  const frames = error instanceof Error ? stackFrames(error) : '';
  return {
    exitCode: EXIT_CODES.bug,
    code: 'ERR_INTERNAL',
    message: `m2m failed with ${kind}. This is a bug in m2m.${frames}`,
    next: 'report the lines above with the command that you ran',
  };
}

// The stack begins with the message, which may quote a value.
function stackFrames({ stack = '' }: Error): string {
  const frames = stack.split('\n').filter((line) => /^\s+at /.test(line));
  return frames.length === 0 ? '' : `\n${frames.join('\n')}`;
}

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
  'check that the address begins with http:// or https:// as the server expects';
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
  return (
    describeConnection('AWS', code) ?? {
      message: `Cannot connect to AWS: ${code}.`,
      next: CHECK_ENDPOINT,
    }
  );
}

/**
 * Says what is wrong with a connection whose TLS failed.
 *
 * @param place - Where it went: `AWS`, or an address.
 * @param code - What the system or its TLS library said.
 * @returns `undefined` for any other fault.
 */
export function describeConnection(
  place: string,
  code: string,
): { readonly message: string; readonly next: string } | undefined {
  if (/ALTNAME_INVALID/.test(code)) {
    return {
      message: `Cannot connect to ${place}: its TLS certificate is for another host (${code}).`,
      next: 'check the address, and that no proxy or DNS entry sends it to another server',
    };
  }
  if (/EXPIRED/.test(code)) {
    return {
      message: `Cannot connect to ${place}: its TLS certificate has expired (${code}).`,
      next: 'have the certificate renewed, or correct the clock of this machine',
    };
  }
  if (/CERT|SELF_SIGNED|UNABLE_TO_/.test(code)) {
    return {
      message: `Cannot connect to ${place}: its TLS certificate is not trusted (${code}).`,
      next: TRUST_CERTIFICATE,
    };
  }
  if (/EPROTO|ERR_SSL|ERR_TLS|WRONG_VERSION/.test(code)) {
    return {
      message: `Cannot connect to ${place}: the server does not respond with TLS (${code}).`,
      next: CHECK_PROTOCOL,
    };
  }
  return undefined;
}

function isThrottling(name: string): boolean {
  return /Throttl|TooManyRequests|RequestLimitExceeded/.test(name);
}
