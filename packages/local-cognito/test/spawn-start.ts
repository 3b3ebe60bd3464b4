import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { FIXTURE_ENVIRONMENTS } from '@cognito-m2m/environment/fixtures';
import type { LocalEnvironment } from '../src/environment/start-local-environment.ts';
import { PUPPET_BUNDLE } from './start-server.ts';

const START = fileURLToPath(new URL('../bin/start.cjs', import.meta.url));
const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

/** What a finished process left. */
interface Finished {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A running `start`. */
export interface StartedProcess {
  readonly child: ChildProcess;
  /** Reads standard output up to the first line that fits. */
  waitFor(pattern: RegExp): Promise<string>;
  readonly finished: Promise<Finished>;
}

/** Runs `start` in a process of its own, with the environment files of the fixtures. */
export function spawnStart(...args: string[]): StartedProcess {
  const argv = [START, '--environments', FIXTURE_ENVIRONMENTS, ...args];
  const child = spawn(process.execPath, argv, { cwd: ROOT });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const finished = once(child, 'close').then(([exitCode]) => ({ exitCode, stdout, stderr }));
  return {
    child,
    finished,
    async waitFor(pattern) {
      for await (const line of createInterface({ input: child.stdout })) {
        if (pattern.test(line)) return line;
      }
      throw new Error(`start ended without a line like ${pattern}: ${stderr}`);
    },
  };
}

/** Runs `start --json` over a data folder with the puppet as its trigger. */
export async function spawnServer(
  dataDirectory: string,
): Promise<{ process: StartedProcess; cognito: LocalEnvironment }> {
  const trigger = fileURLToPath(PUPPET_BUNDLE);
  const process = spawnStart('--json', '--port=0', '--trigger', trigger, '--data', dataDirectory);
  return { process, cognito: JSON.parse(await process.waitFor(/^\{/)) };
}
