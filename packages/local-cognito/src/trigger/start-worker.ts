import { Worker } from 'node:worker_threads';

/** What a worker is started with. */
export interface WorkerOptions {
  /** The bundle, a `file:` URL. */
  readonly bundleUrl: string;
  /** The whole environment of the function; nothing else of this process reaches it. */
  readonly environment: { readonly [name: string]: string };
  readonly functionArn: string;
  readonly memoryMb: number;
  /** Receives what the function writes to its log. @default the log ends in the worker */
  readonly onLog?: (text: string) => void;
}

/**
 * Starts a thread that imports the bundle and then handles events.
 *
 * @param nextId - See `HandOver`.
 */
export function startWorker(options: WorkerOptions, nextId: Int32Array): Worker {
  const { bundleUrl, environment, functionArn, memoryMb, onLog } = options;
  const worker = new Worker(new URL('./trigger-worker.mjs', import.meta.url), {
    workerData: { bundleUrl, functionArn, memoryMb, nextId, hasLog: onLog !== undefined },
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
