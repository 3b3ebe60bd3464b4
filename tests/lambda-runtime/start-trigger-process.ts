import { fork } from 'node:child_process';
import { once } from 'node:events';
import { dirname } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { lambdaVariables } from './lambda-variables.ts';
import { RUNTIME_CLIENTS, type RuntimeClient } from './runtime-clients.ts';

/** What one call came to. */
export interface CallOutcome {
  /** The whole answer, if there was one. */
  readonly answer?: unknown;
  /** The answer as it goes to whoever invoked the function. */
  readonly body?: string;
  /** Why there was none, as Lambda tells whoever invoked the function. */
  readonly error?: {
    readonly errorType: string;
    readonly errorMessage: string;
    readonly trace: readonly string[];
  };
  readonly elapsedMs: number;
}

/** The built bundle in a process of its own, loaded and called by AWS's runtime client. */
export interface TriggerProcess {
  /**
   * Calls the trigger, its wall clock set off by some milliseconds, or broken the first time it is read.
   *
   * @param remainingMs - How long AWS Lambda lets it run. @default 5000
   */
  call(event: object, clockJumpMs?: number | 'broken', remainingMs?: number): Promise<CallOutcome>;
  /** The trigger's lines so far. */
  lines(): string[];
  /** Everything written so far, to standard output and to standard error: the runtime client prints a refusal too. */
  written(): string;
  close(): Promise<void>;
}

const NATIVE_CLIENT = fileURLToPath(new URL('native-client.cjs', import.meta.url));

/** The runtime client begins its lines with the time, the trigger with the level. */
function isOfClient(line: string): boolean {
  return line.startsWith('{"timestamp"');
}

/**
 * Starts the trigger as Lambda does.
 *
 * @param variables - Those of the deploy, and those of Lambda that differ from the usual.
 * @param client - Which runtime client. @default the newest
 * @param bundle - The address of another function's bundle. @default the trigger's
 * @throws Error - The process ended before it was ready for a call, with what it wrote.
 */
export async function startTriggerProcess(
  variables: { readonly [name: string]: string },
  client: RuntimeClient = RUNTIME_CLIENTS[0],
  bundle = import.meta.resolve('@cognito-m2m/pre-token-generation/bundle'),
): Promise<TriggerProcess> {
  const taskRoot = dirname(fileURLToPath(bundle));
  const child = fork(client.script, {
    cwd: taskRoot,
    env: { ...lambdaVariables(taskRoot), ...variables },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    execArgv: ['--require', NATIVE_CLIENT],
  });
  let written = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      written += text;
    });
  }
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`the trigger ended with ${code}: ${written}`);
  });
  // A closed process is not a failure.
  ended.catch(() => {});
  await Promise.race([once(child, 'message'), ended]);
  return {
    async call(event, clockJumpMs = 0, remainingMs = 5000) {
      const answered = once(child, 'message');
      child.send({ event, clockJumpMs, remainingMs });
      const [outcome] = await Promise.race([answered, ended]);
      // The line was written before the answer, and may be read after it.
      await nextTurn();
      return outcome as CallOutcome;
    },
    lines: () => written.split('\n').filter((line) => line !== '' && !isOfClient(line)),
    written: () => written,
    async close() {
      child.kill();
      await ended.catch(() => {});
    },
  };
}
