import { TRIGGER_TIMEOUT_MS, type TriggerResult, type TriggerRunner } from './trigger-result.ts';
import { createWorkerSlot, type WorkerOptions, type WorkerSlot } from './worker-slot.ts';

/** Enough to keep two cores busy; one alone serves thousands of tokens a second from its cache. */
const MAX_WORKERS = 4;

/** How long a call waits for a worker before another one is started: a worker costs more than a few waits. */
const PATIENCE_MS = 50;

interface Job {
  readonly event: string;
  /** Epoch milliseconds. */
  readonly arrivedAt: number;
  readonly resolve: (result: TriggerResult) => void;
}

/**
 * Creates a runner that keeps warm workers and starts more when calls wait, as Lambda does.
 *
 * @param options.timeoutMs - Longest wait for one answer, queue and start included. @default 5000
 * @param options.maxWorkers - Most workers at a time. @default 4
 */
export function createTriggerRunner(
  options: WorkerOptions & { readonly timeoutMs?: number; readonly maxWorkers?: number },
): TriggerRunner {
  const { timeoutMs = TRIGGER_TIMEOUT_MS, maxWorkers = MAX_WORKERS } = options;
  const queue: Job[] = [];
  let slots: WorkerSlot[] = [createWorkerSlot(options)];
  let timer: NodeJS.Timeout | undefined;

  function pump(): void {
    clearTimeout(timer);
    slots = slots.filter((slot) => slot.isAlive);
    while (queue[0] !== undefined) {
      const remainingMs = queue[0].arrivedAt + timeoutMs - Date.now();
      const slot = remainingMs > 0 ? takeSlot(queue[0]) : undefined;
      if (slot === undefined && remainingMs > 0) break;
      const job = queue.shift();
      if (job !== undefined) start(job, slot, remainingMs);
    }
    if (queue.length > 0) timer = setTimeout(pump, PATIENCE_MS);
  }

  function takeSlot(job: Job): WorkerSlot | undefined {
    const idle = slots.find((slot) => !slot.isBusy);
    if (idle !== undefined) return idle;
    const isImpatient = Date.now() - job.arrivedAt >= PATIENCE_MS && slots.length < maxWorkers;
    if (slots.length > 0 && !isImpatient) return undefined;
    const slot = createWorkerSlot(options);
    slots.push(slot);
    return slot;
  }

  function start(job: Job, slot: WorkerSlot | undefined, remainingMs: number): void {
    if (slot === undefined) {
      job.resolve({ outcome: 'timed-out' });
      return;
    }
    void slot.invoke(job.event, remainingMs).then((result) => {
      job.resolve(result);
      pump();
    });
  }

  return {
    invoke: (event) =>
      new Promise((resolve) => {
        queue.push({ event, arrivedAt: Date.now(), resolve });
        pump();
      }),
    async close() {
      clearTimeout(timer);
      await Promise.all(slots.map((slot) => slot.close()));
    },
  };
}
