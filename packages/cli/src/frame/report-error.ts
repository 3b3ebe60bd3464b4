import { EnvironmentError } from '@cognito-m2m/environment';
import type { CommandLine } from './command-line.ts';
import { CliError, EXIT_CODES, type ExitCode, type NextStep } from './errors.ts';
import { maskSecrets } from './output/text.ts';
import { describeAwsError, isAwsError } from './report-aws-error.ts';

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
