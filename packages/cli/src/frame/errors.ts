import { closest, distance } from 'fastest-levenshtein';

/** Every code that this package throws. */
type CliErrorCode =
  | 'ERR_USAGE'
  | 'ERR_ARGUMENT_INVALID'
  | 'ERR_ENVIRONMENT_REQUIRED'
  | 'ERR_POOL_UNKNOWN'
  | 'ERR_POOL_NOT_DEPLOYED'
  | 'ERR_CLIENT_NOT_FOUND'
  | 'ERR_PARAMETER_MISMATCH'
  | 'ERR_NOT_WATCHED'
  | 'ERR_LOCAL_UNREACHABLE'
  | 'ERR_LOCAL_OTHER_ENVIRONMENT'
  | 'ERR_CONFIRMATION_NEEDED'
  | 'ERR_CHANGE_REFUSED'
  | 'ERR_STORE_LOST_RACE'
  | 'ERR_RECORD_INVALID'
  | 'ERR_REVISION_NOT_FOUND'
  | 'ERR_SECRET_NOT_FOUND'
  | 'ERR_ROTATION_BLOCKED'
  | 'ERR_ROTATION_LOST_RACE'
  | 'ERR_ROTATION_NOT_PROVEN'
  | 'ERR_ROTATION_READERS_UNKNOWN'
  | 'ERR_ROTATION_UNSETTLED'
  | 'ERR_TOKEN_REQUEST_FAILED'
  | 'ERR_TOKEN_INVALID'
  | 'ERR_ACCOUNT_WRONG'
  | 'ERR_REPAIR_FAILED'
  | 'ERR_ATTACH_NOT_AVAILABLE'
  | 'ERR_ATTACH_NOT_READY'
  | 'ERR_ATTACH_FAILED'
  | 'ERR_DETACH_UNKNOWN'
  | 'ERR_IMPORT_LOCAL'
  | 'ERR_FILE_EXISTS'
  | 'ERR_FILE_UNWRITABLE'
  | 'ERR_PROBE_NOT_READY';

/** A command of `m2m`, without the environment and the target: the report adds those of the run that failed. */
interface NextCommand {
  /** What follows `m2m`. */
  readonly m2m: string;
  /** What comes after it, as a sentence. */
  readonly afterwards?: string;
}

/** What to do next: a command of `m2m`, or anything else in words. */
export type NextStep = NextCommand | string;

/** What a caller can do about an error, and what lies behind it. */
interface CliErrorOptions {
  /** @default the help of the command that failed */
  readonly next?: NextStep | undefined;
  readonly cause?: unknown;
}

/** A fault that the caller can do something about; anything else that is thrown is a bug of ours. */
export class CliError extends Error {
  override readonly name = 'CliError';
  readonly code: CliErrorCode;
  readonly next: NextStep | undefined;

  constructor(code: CliErrorCode, message: string, options: CliErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.next = options.next;
  }
}

/** What `m2m` tells the shell. */
export const EXIT_CODES = {
  /** Done, and nothing to report. */
  ok: 0,
  /** The caller's fault, or one of the deployment; the message names the next command. */
  fault: 1,
  /** The command worked and found differences or defects. */
  findings: 2,
  /** A bug in `m2m`. */
  bug: 70,
} as const;

/** One of the exit codes. */
export type ExitCode = (typeof EXIT_CODES)[keyof typeof EXIT_CODES];

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

/** The most names that a message lists: a pool may have thousands of clients. */
const MAX_LISTED = 20;

/**
 * The sentence for a name that does not exist: what may be meant, and what there is.
 *
 * @param what - What it should name, such as `pool`.
 * @param known - The names that exist.
 * @param place - Where it was looked for, such as `of environment "prod"`. @default nothing
 */
export function unknownName(
  what: string,
  got: string,
  known: readonly string[],
  place?: string,
): string {
  const subject = [what, `"${got}"`, place].filter((word) => word !== undefined).join(' ');
  const parts = [`Unknown ${subject}.`, didYouMean(got, known), listOf(known)];
  return parts.filter((part) => part !== undefined).join(' ');
}

/** The question for a name that is close to a known one. A third of it may be wrong: more is another name. */
export function didYouMean(got: string, known: readonly string[]): string | undefined {
  if (known.length === 0) return undefined;
  const name = closest(got, [...known]);
  const isClose =
    distance(got.toLowerCase(), name.toLowerCase()) <= Math.ceil(got.length / 3) ||
    (got.length >= 3 && name.startsWith(got));
  return isClose ? `Did you mean "${name}"?` : undefined;
}

function listOf(known: readonly string[]): string {
  if (known.length === 0) return 'There are none.';
  const more = known.length - MAX_LISTED;
  const listed = known.slice(0, MAX_LISTED).join(', ');
  return `Expected one of: ${listed}${more > 0 ? ` and ${more} more` : ''}.`;
}

/** The error for an argument or an option whose value cannot be used. */
export function invalidArgument(
  what: string,
  got: string,
  expected: string,
  next?: NextStep,
): CliError {
  const message = `${what}: got "${got}", expected ${expected}.`;
  return new CliError('ERR_ARGUMENT_INVALID', message, { next });
}
