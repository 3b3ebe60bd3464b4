import { setTimeout as wait } from 'node:timers/promises';
import { fail } from '../model/outcome.ts';
import {
  TIMED_OUT,
  TRIGGER_TIMEOUT_MS,
  type TriggerCall,
  type TriggerRunner,
  WORKER_ENDED,
} from './trigger-call.ts';
import type { WorkerOptions } from './trigger-options.ts';
import { createWorkerSlot, type WorkerSlot } from './worker-slot.ts';

/** Enough to keep two cores busy; a single one serves thousands of tokens a second from its cache. */
const MAX_WORKERS = 4;

/** How often the calls under way are looked at: one that is there twice is slow, and others need not wait for it. */
const REVIEW_MS = 50;

/** The workers of one trigger, and the calls that none of them has. */
interface WorkerPool {
  readonly maxWorkers: number;
  slots: WorkerSlot[];
  /** The oldest first. */
  waiting: TriggerCall[];
  start(): WorkerSlot;
}

/**
 * Creates a runner that keeps warm workers and starts more when calls wait, as Lambda does.
 *
 * @param options.timeoutMs - Longest wait for one answer, queue and start included. @default 5000
 * @param options.maxWorkers - Most workers at a time. @default 4
 */
export function createTriggerRunner(
  options: WorkerOptions & {
    readonly timeoutMs: number | undefined;
    readonly maxWorkers?: number;
  },
): TriggerRunner {
  const { timeoutMs = TRIGGER_TIMEOUT_MS, maxWorkers = MAX_WORKERS } = options;
  const pool: WorkerPool = {
    maxWorkers,
    slots: [],
    waiting: [],
    start: () =>
      createWorkerSlot(options, (returned) => {
        pool.waiting.unshift(...returned);
        pump(pool);
      }),
  };
  const first = pool.start();
  pool.slots.push(first);
  let timer: NodeJS.Timeout | undefined;

  function scheduleReview(): void {
    const isIdle = pool.waiting.length === 0 && pool.slots.every(({ isBusy }) => !isBusy);
    if (isIdle || timer !== undefined) return;
    // Not in the timer itself: answers that are here by now are read between the timers and the immediates.
    timer = setTimeout(() => setImmediate(reviewOnce), REVIEW_MS);
  }

  function reviewOnce(): void {
    review(pool, Date.now());
    timer = undefined;
    scheduleReview();
  }

  return {
    load: () => Promise.race([first.loaded, wait(timeoutMs, undefined, { ref: false })]),
    invoke: (event) =>
      new Promise((settle) => {
        pool.waiting.push({ event, deadline: Date.now() + timeoutMs, settle });
        pump(pool);
        scheduleReview();
      }),
    async close() {
      clearTimeout(timer);
      for (const { settle } of pool.waiting.splice(0)) settle(fail(WORKER_ENDED));
      await Promise.all(pool.slots.map((slot) => slot.close()));
    },
  };
}

/** Hands waiting calls to the workers that have room. */
function pump(pool: WorkerPool): void {
  if (pool.waiting.length === 0) return;
  pool.slots = pool.slots.filter(({ isAlive }) => isAlive);
  if (pool.slots.length === 0) pool.slots.push(pool.start());
  for (const slot of pool.slots) {
    for (const call of pool.waiting.splice(0, slot.room)) slot.take(call);
  }
}

/** Ends calls that are too late, takes calls away from slow workers, and starts another worker for calls that still wait. */
function review(pool: WorkerPool, now: number): void {
  for (const slot of pool.slots) pool.waiting.unshift(...slot.review(now));
  for (const { settle } of pool.waiting.filter(({ deadline }) => deadline <= now)) {
    settle(fail(TIMED_OUT));
  }
  pool.waiting = pool.waiting.filter(({ deadline }) => deadline > now);
  pump(pool);
  // A worker costs more than a few waits: one at a time, once all others are ready.
  const areReady = pool.slots.every(({ isReady }) => isReady);
  if (pool.waiting.length > 0 && areReady && pool.slots.length < pool.maxWorkers) {
    pool.slots.push(pool.start());
  }
  pump(pool);
}
