import type { StatusLine } from './output.ts';

/** Calls back again and again until it is stopped. @param milliseconds - Between two calls. */
export type Repeat = (milliseconds: number, callback: () => void) => () => void;

/** A second is the longest that a command may say nothing. */
const INTERVAL_MS = 1_000;

/** Says that a command is still at work. */
interface Waiting {
  /** Says nothing while something else has the terminal, such as a question. */
  during<T>(other: () => Promise<T>): Promise<T>;
  /** Clears the line. */
  end(): void;
}

/**
 * Shows from the first second on how long a command has been at work, wherever no progress of its own shows.
 *
 * @param options.line - The terminal's line; without a terminal nothing is shown.
 */
export function startWaiting(options: {
  readonly label: string;
  readonly line: StatusLine | undefined;
  readonly repeat: Repeat;
}): Waiting {
  const { label, line, repeat } = options;
  if (line === undefined) return { during: (other) => other(), end: () => {} };
  const holder = {};
  let seconds = 0;
  let isPaused = false;
  const stop = repeat(INTERVAL_MS, () => {
    seconds += 1;
    if (!isPaused && line.isFree(holder)) line.show(holder, `${label}: ${seconds} s`);
  });
  return {
    async during(other) {
      isPaused = true;
      line.clear(holder);
      return other().finally(() => {
        isPaused = false;
      });
    },
    end() {
      stop();
      line.clear(holder);
    },
  };
}
