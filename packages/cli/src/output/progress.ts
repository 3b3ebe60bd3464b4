/** Shows how far a long command is. */
export interface Progress {
  /** Says how many are done. */
  update(done: number): void;
  /** Clears the line. */
  end(): void;
}

/** Nothing is shown before this, in milliseconds: quick commands stay quiet. */
const QUIET_MS = 1_000;
/** Milliseconds between two updates. */
const TERMINAL_INTERVAL_MS = 100;
const LOG_INTERVAL_MS = 5_000;
/** Back to the line's start and clear it. */
const CLEAR_LINE = '\r\u001b[2K';

/**
 * Creates a progress line on stderr: redrawn in place on a terminal, a new line every 5 s anywhere else.
 *
 * @param options.total - How many there are in all. @default unknown
 */
export function createProgress(options: {
  readonly label: string;
  readonly total?: number | undefined;
  readonly isTerminal: boolean;
  readonly write: (text: string) => void;
  readonly clock: () => number;
}): Progress {
  const { label, total, isTerminal, write, clock } = options;
  const intervalMs = isTerminal ? TERMINAL_INTERVAL_MS : LOG_INTERVAL_MS;
  let nextAt = clock() + QUIET_MS;
  let isShown = false;
  return {
    update(done) {
      if (clock() < nextAt) return;
      nextAt = clock() + intervalMs;
      const text = total === undefined ? `${label}: ${done}` : `${label}: ${done} of ${total}`;
      write(isTerminal ? `${CLEAR_LINE}${text}` : `${text}\n`);
      isShown = true;
    },
    end() {
      if (isShown && isTerminal) write(CLEAR_LINE);
    },
  };
}
