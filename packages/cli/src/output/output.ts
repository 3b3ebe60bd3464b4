import { createProgress, type Progress } from './progress.ts';
import type { StatusLine } from './status-line.ts';
import type { Style } from './style.ts';

/** What a command may say while it works; its result is what it returns. */
export interface Output {
  /** How text is laid out. */
  readonly style: Style;
  /** Prints a line for people, on stderr; nothing with `--json`. */
  note(text: string): void;
  /** Starts a progress line, on stderr, that shows after a second. */
  startProgress(label: string, total?: number): Progress;
}

/** Creates the output of one run. @param options.line - Of the terminal; `undefined` without one. */
export function createOutput(options: {
  readonly style: Style;
  readonly isJson: boolean;
  readonly line: StatusLine | undefined;
  readonly writeError: (text: string) => void;
  readonly clock: () => number;
}): Output {
  const { style, isJson, line, writeError, clock } = options;
  return {
    style,
    note(text) {
      if (isJson) return;
      line?.wipe();
      writeError(`${text}\n`);
    },
    startProgress: (label, total) =>
      createProgress({ label, total, line, write: writeError, clock }),
  };
}
