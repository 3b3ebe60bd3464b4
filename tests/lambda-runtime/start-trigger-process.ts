import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** What one call came to. */
export interface CallOutcome {
  /** The whole answer, if there was one. */
  readonly answer?: unknown;
  /** The error's text, as the caller may read it. */
  readonly message?: string;
  readonly elapsedMs: number;
}

/** The built bundle in a process of its own. */
export interface TriggerProcess {
  /** Calls the trigger, its wall clock set off by some milliseconds, or broken the first time it is read. */
  call(event: object, clockJumpMs?: number | 'broken'): Promise<CallOutcome>;
  /** Everything written so far, to standard output and to standard error, line by line. */
  lines(): string[];
  close(): Promise<void>;
}

/** Starts the trigger with the variables that Lambda and the deploy set. */
export async function startTriggerProcess(variables: {
  readonly [name: string]: string;
}): Promise<TriggerProcess> {
  const script = fileURLToPath(new URL('trigger-process.mjs', import.meta.url));
  const TRIGGER_BUNDLE_URL = import.meta.resolve('@cognito-m2m/pre-token-generation/bundle');
  const child = fork(script, {
    env: { ...variables, TRIGGER_BUNDLE_URL },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    execArgv: [],
  });
  let written = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      written += text;
    });
  }
  await once(child, 'message');
  return {
    async call(event, clockJumpMs = 0) {
      const answered = once(child, 'message');
      child.send({ event, clockJumpMs });
      return (await answered)[0] as CallOutcome;
    },
    lines: () => written.split('\n').filter((line) => line !== ''),
    async close() {
      const exited = once(child, 'exit');
      child.kill();
      await exited;
    },
  };
}
