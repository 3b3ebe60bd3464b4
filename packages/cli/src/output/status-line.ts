/** Back to the line's start and clear it. */
const CLEAR_LINE = '\r\u001b[2K';

/** The one line of a terminal that is written over: whoever shows something holds it until it is cleared. */
export interface StatusLine {
  /** Shows a text in place of what is there. @param holder - Who shows it. */
  show(holder: object, text: string): void;
  /** Clears the line, if this holder holds it. */
  clear(holder: object): void;
  /** Clears the line, whoever holds it: something else is about to be written. */
  wipe(): void;
  /** True if nobody, or this holder, holds the line. */
  isFree(holder: object): boolean;
}

/** Creates the status line of a terminal. */
export function createStatusLine(write: (text: string) => void): StatusLine {
  let held: object | undefined;
  const wipe = () => {
    if (held !== undefined) write(CLEAR_LINE);
    held = undefined;
  };
  return {
    show(holder, text) {
      held = holder;
      write(`${CLEAR_LINE}${text}`);
    },
    clear(holder) {
      if (held === holder) wipe();
    },
    wipe,
    isFree: (holder) => held === undefined || held === holder,
  };
}
