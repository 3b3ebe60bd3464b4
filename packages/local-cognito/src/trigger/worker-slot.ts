import { Worker } from 'node:worker_threads';
import type { TriggerResult } from './trigger-result.ts';

/** What a worker is started with. */
export interface WorkerOptions {
  /** The bundle, a `file:` URL. */
  readonly bundleUrl: string;
  /** The whole environment of the function; nothing else of this process reaches it. */
  readonly environment: { readonly [name: string]: string };
  readonly functionArn: string;
  readonly memoryMb: number;
  /** Receives what the function writes to its log. */
  readonly onLog?: (text: string) => void;
}

/** One worker, which handles one event at a time as one Lambda execution environment does. */
export interface WorkerSlot {
  readonly isBusy: boolean;
  /** False once the worker has ended; another one has to be started. */
  readonly isAlive: boolean;
  invoke(event: string, timeoutMs: number): Promise<TriggerResult>;
  close(): Promise<void>;
}

type Answer = Exclude<TriggerResult, { outcome: 'timed-out' }> & { readonly id: number };

interface Pending {
  readonly id: number;
  readonly resolve: (result: TriggerResult) => void;
  readonly timer: NodeJS.Timeout;
}

/** Starts a worker; it imports the bundle before it takes its first event. */
export function createWorkerSlot(options: WorkerOptions): WorkerSlot {
  const worker = startWorker(options);
  let isAlive = true;
  let pending: Pending | undefined;
  let count = 0;

  function settle(result: TriggerResult): void {
    if (pending === undefined) return;
    clearTimeout(pending.timer);
    const { resolve } = pending;
    pending = undefined;
    resolve(result);
  }

  function end(errorType: string, errorMessage: string): void {
    isAlive = false;
    settle({ outcome: 'failed', errorType, errorMessage });
  }

  worker.on('message', (message: Answer | { isReady: true }) => {
    if ('id' in message && message.id === pending?.id) settle(message);
  });
  worker.on('error', (error) => end(error.name, error.message));
  worker.on('messageerror', () => end('Runtime.Error', 'The answer could not be read.'));
  worker.on('exit', () => end('Runtime.ExitError', 'The function ended its process.'));

  return {
    get isBusy() {
      return pending !== undefined;
    },
    get isAlive() {
      return isAlive;
    },
    invoke(event, timeoutMs) {
      count += 1;
      const id = count;
      return new Promise((resolve) => {
        const timer = setTimeout(() => {
          // The worker may be in an endless loop: it can't be used again.
          isAlive = false;
          void worker.terminate();
          settle({ outcome: 'timed-out' });
        }, timeoutMs);
        pending = { id, resolve, timer };
        worker.postMessage({ id, event, deadline: Date.now() + timeoutMs });
      });
    },
    async close() {
      isAlive = false;
      await worker.terminate();
    },
  };
}

function startWorker({ bundleUrl, environment, functionArn, memoryMb, onLog }: WorkerOptions) {
  const worker = new Worker(new URL('./trigger-worker.mjs', import.meta.url), {
    workerData: { bundleUrl, functionArn, memoryMb },
    env: { ...environment },
    // The loaders of this process (tsx) have no place in the function.
    execArgv: [],
    stdout: true,
    stderr: true,
  });
  for (const stream of [worker.stdout, worker.stderr]) {
    stream.setEncoding('utf8');
    // Without a reader the stream would fill up.
    stream.on('data', (text: string) => onLog?.(text));
  }
  return worker;
}
