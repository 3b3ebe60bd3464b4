import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { text } from 'node:stream/consumers';

/** What the binary wrote and answered. */
export interface M2mRun {
  /** `null` if it was killed. */
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const BINARY = createRequire(import.meta.url).resolve('@cognito-m2m/cli/bin/m2m.mjs');

/** A running binary. */
export interface StartedM2m {
  /** As `kill -9` does. */
  kill(): void;
  readonly finished: Promise<M2mRun>;
}

/** Starts the real binary; nobody sits at its standard input. */
export function startM2m(
  env: Readonly<Record<string, string>>,
  argv: readonly string[],
): StartedM2m {
  const child = spawn(process.execPath, [BINARY, ...argv], {
    env: { ...process.env, ...env },
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
  return { kill: () => child.kill('SIGKILL'), finished: run() };
}

/** Runs the real binary to its end. */
export function runM2m(
  env: Readonly<Record<string, string>>,
  ...argv: readonly string[]
): Promise<M2mRun> {
  return startM2m(env, argv).finished;
}
