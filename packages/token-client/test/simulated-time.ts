import { stat } from 'node:fs/promises';
import type { TimeSource } from '../src/index.ts';

/** Clocks that tests move: what sleeps wakes when its time has come. */
export interface SimulatedTime extends TimeSource {
  /** Moves all clocks on, and lets everything that is due happen. */
  advance(milliseconds: number): Promise<void>;
  /** Moves on until a promise is settled, at most for some minutes. */
  run<T>(promise: Promise<T>): Promise<T>;
  /** Moves the wall clock only, as a correction of the machine's time does. */
  correct(milliseconds: number): void;
  /** Moves the wall clock on while the monotonic clock stands still and nothing runs, as a frozen container does. */
  freeze(milliseconds: number): void;
}

interface Sleeper {
  readonly atMs: number;
  wake(): void;
}

const START_MS = Date.parse('2026-11-28T00:00:00Z');

/** @param options.random - @default always 0.5, the middle of every jitter */
export function createSimulatedTime(options: { random?: () => number } = {}): SimulatedTime {
  const { random = () => 0.5 } = options;
  let wallMs = START_MS;
  let steadyMs = 0;
  const sleepers = new Set<Sleeper>();

  function next(untilMs: number): Sleeper | undefined {
    const due = [...sleepers].filter(({ atMs }) => atMs <= untilMs);
    return due.sort((a, b) => a.atMs - b.atMs)[0];
  }

  async function wakeNext(untilMs: number): Promise<boolean> {
    await settleAll();
    const sleeper = next(untilMs);
    if (sleeper === undefined) return false;
    moveTo(Math.max(steadyMs, sleeper.atMs));
    sleepers.delete(sleeper);
    sleeper.wake();
    return true;
  }

  function moveTo(toMs: number): void {
    wallMs += toMs - steadyMs;
    steadyMs = toMs;
  }

  return {
    now: () => wallMs,
    monotonic: () => steadyMs,
    random,
    sleep: (milliseconds, signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason);
        const sleeper = { atMs: steadyMs + milliseconds, wake: resolve };
        sleepers.add(sleeper);
        signal?.addEventListener('abort', () => {
          sleepers.delete(sleeper);
          reject(signal.reason);
        });
      }),
    async advance(milliseconds) {
      const untilMs = steadyMs + milliseconds;
      while (await wakeNext(untilMs));
      moveTo(untilMs);
      await settleAll();
    },
    async run(promise) {
      let isSettled = false;
      const mark = () => {
        isSettled = true;
      };
      promise.then(mark, mark);
      const untilMs = steadyMs + 600_000;
      await settleAll();
      while (!isSettled && (await wakeNext(untilMs))) await settleAll();
      return promise;
    },
    correct(milliseconds) {
      wallMs += milliseconds;
    },
    freeze(milliseconds) {
      wallMs += milliseconds;
    },
  };
}

// Cryptography and files answer from the thread pool, after as many turns of the event loop as the machine is busy for: a trip to the
// pool that begins later ends later.
async function settleAll(): Promise<void> {
  for (let turn = 0; turn < 2; turn++) {
    await stat('/');
    await new Promise((resolve) => setImmediate(resolve));
  }
}
