import { setTimeout as wait } from 'node:timers/promises';
import { fail } from '../model/outcome.ts';
import {
  TIMED_OUT,
  TRIGGER_TIMEOUT_MS,
  type TriggerCall,
  type TriggerRunner,
} from './trigger-call.ts';
import {
  createWorkerSlot,
  WORKER_ENDED,
  type WorkerOptions,
  type WorkerSlot,
} from './worker-slot.ts';

/** Enough to keep two cores busy; a single one serves thousands of tokens a second from its cache. */
const MAX_WORKERS = 4;

/** How often the calls under way are looked at: one that is there twice is slow, and others need not wait for it. */
const REVIEW_MS = 50;

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
  /** Calls that no worker has, the oldest first. */
  let waiting: TriggerCall[] = [];
  const first = startSlot();
  let slots = [first];
  let timer: NodeJS.Timeout | undefined;

  function startSlot(): WorkerSlot {
    return createWorkerSlot(options, (returned) => {
      waiting.unshift(...returned);
      pump();
    });
  }

  function pump(): void {
    if (waiting.length === 0) return;
    slots = slots.filter(({ isAlive }) => isAlive);
    if (slots.length === 0) slots.push(startSlot());
    for (const slot of slots) {
      for (const call of waiting.splice(0, slot.room)) slot.take(call);
    }
  }

  function review(): void {
    const now = Date.now();
    for (const slot of slots) waiting.unshift(...slot.review(now));
    for (const { settle } of waiting.filter(({ deadline }) => deadline <= now)) {
      settle(fail(TIMED_OUT));
    }
    waiting = waiting.filter(({ deadline }) => deadline > now);
    pump();
    // A worker costs more than a few waits: another one is started for calls that still wait, and one at a time.
    const areReady = slots.every(({ isReady }) => isReady);
    if (waiting.length > 0 && areReady && slots.length < maxWorkers) slots.push(startSlot());
    pump();
    timer = undefined;
    scheduleReview();
  }

  function scheduleReview(): void {
    const isIdle = waiting.length === 0 && slots.every(({ isBusy }) => !isBusy);
    // Not in the timer itself: answers that are here by now are read between the timers and the immediates.
    if (!isIdle) timer ??= setTimeout(() => setImmediate(review), REVIEW_MS);
  }

  return {
    load: () => Promise.race([first.loaded, wait(timeoutMs, undefined, { ref: false })]),
    invoke: (event) =>
      new Promise((settle) => {
        waiting.push({ event, deadline: Date.now() + timeoutMs, settle });
        pump();
        scheduleReview();
      }),
    async close() {
      clearTimeout(timer);
      for (const { settle } of waiting.splice(0)) settle(fail(WORKER_ENDED));
      await Promise.all(slots.map((slot) => slot.close()));
    },
  };
}
