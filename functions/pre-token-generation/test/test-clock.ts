import type { Clock } from '../src/clock.ts';

/** A clock that stands still until it is moved. */
export interface TestClock extends Clock {
  /** Moves both clocks on. */
  pass(ms: number): void;
  /** Sets only the wall clock, forwards or back: a jump, or Lambda's freeze. */
  jump(ms: number): void;
}

/** Creates a clock that shows `wallMs`. */
export function createTestClock(wallMs: number): TestClock {
  let steadyMs = 0;
  let jumpedMs = 0;
  return {
    wallMs: () => wallMs + steadyMs + jumpedMs,
    steadyMs: () => steadyMs,
    pass: (ms) => {
      steadyMs += ms;
    },
    jump: (ms) => {
      jumpedMs += ms;
    },
  };
}
