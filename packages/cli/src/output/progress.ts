import type { StatusLine } from './status-line.ts';

/** Shows how far a long command is. */
export interface Progress {
  /** Says how many are done. @param total - How many there are in all, if that is known only now. */
  update(done: number, total?: number): void;
  /** Clears the line. */
  end(): void;
}

/** Nothing is shown before this, in milliseconds: quick commands stay quiet. */
const QUIET_MS = 1_000;
/** Milliseconds between two updates. */
const TERMINAL_INTERVAL_MS = 100;
const LOG_INTERVAL_MS = 5_000;

/**
 * Creates a progress line on stderr: redrawn in place on a terminal, a new line every 5 s anywhere else.
 *
 * @param options.line - The terminal's line; absent where there is no terminal.
 * @param options.total - How many there are in all. @default unknown
 */
export function createProgress(options: {
  readonly label: string;
  readonly total?: number | undefined;
  readonly line: StatusLine | undefined;
  readonly write: (text: string) => void;
  readonly clock: () => number;
}): Progress {
  const { label, total, line, write, clock } = options;
  const intervalMs = line === undefined ? LOG_INTERVAL_MS : TERMINAL_INTERVAL_MS;
  const holder = {};
  let nextAt = clock() + QUIET_MS;
  return {
    update(done, totalNow = total) {
      if (clock() < nextAt) return;
      nextAt = clock() + intervalMs;
      const count = totalNow === undefined ? `${done}` : `${done} of ${totalNow}`;
      const text = `${label}: ${count}`;
      if (line === undefined) write(`${text}\n`);
      else line.show(holder, text);
    },
    end: () => line?.clear(holder),
  };
}
