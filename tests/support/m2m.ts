import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { text } from 'node:stream/consumers';
import { mustRun } from './must-run.ts';

/** The command `m2m`, as people run it. */
export const M2M_BINARY = createRequire(import.meta.url).resolve('@cognito-m2m/cli/bin/m2m.mjs');

/** How one run of `m2m` ended. */
export interface M2mRun {
  /** `null` if it was killed. */
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A running `m2m`. */
export interface StartedM2m {
  /** As `kill` does. @default SIGKILL */
  kill(signal?: NodeJS.Signals): void;
  readonly finished: Promise<M2mRun>;
}

/**
 * Starts `m2m` as a process of its own, with a closed standard input.
 *
 * @param variables - Environment variables, in addition to those of this process.
 */
export function startM2m(
  argv: readonly string[],
  variables: Readonly<Record<string, string>> = {},
): StartedM2m {
  const child = spawn(process.execPath, [M2M_BINARY, ...argv], {
    env: { ...process.env, ...variables },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const run = async (): Promise<M2mRun> => {
    const [stdout, stderr, [exitCode]] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, 'close'),
    ]);
    return { exitCode, stdout, stderr };
  };
  return {
    kill: (signal = 'SIGKILL') => child.kill(signal),
    finished: run(),
  };
}

/** Runs `m2m` to its end. @param variables - Environment variables, in addition to those of this process. */
export function runM2m(
  argv: readonly string[],
  variables?: Readonly<Record<string, string>>,
): Promise<M2mRun> {
  return startM2m(argv, variables).finished;
}

/** Runs `m2m` with a reader of its stdout that has gone away, as in `m2m list | true`. */
export async function runUnread(argv: readonly string[]): Promise<Omit<M2mRun, 'stdout'>> {
  const child = spawn(process.execPath, [M2M_BINARY, ...argv], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  child.stdout.destroy();
  const [stderr, [exitCode]] = await Promise.all([text(child.stderr), once(child, 'close')]);
  return { exitCode, stderr };
}

const hasTerminals = /util-linux/.test(String(spawnSync('script', ['--version']).stdout));

/** Why nothing can be run in a terminal here; empty if it can, and where it must. */
export const TERMINAL_SKIPPED =
  hasTerminals || mustRun ? '' : ' (skipped: the command "script" of util-linux is not installed)';

/** Runs `m2m` in a terminal of its own. @returns What the terminal shows, stdout and stderr alike. */
export async function runInTerminal(
  argv: readonly string[],
  variables: Readonly<Record<string, string>>,
): Promise<string> {
  const command = [process.execPath, M2M_BINARY, ...argv].map((word) => `'${word}'`).join(' ');
  const { NO_COLOR: _none, FORCE_COLOR: _forced, ...inherited } = process.env;
  const child = spawn('script', ['-qec', command, '/dev/null'], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...inherited, TERM: 'xterm', ...variables },
  });
  return text(child.stdout);
}
