import { createInterface } from 'node:readline';
import picocolors from 'picocolors';
import { CliError } from './errors.ts';
import { maskSecrets } from './text.ts';

/** What the output of a run needs of the outside world. */
export interface TerminalEdges {
  readonly writeError: (text: string) => void;
  /** Columns of the terminal; `undefined` for a pipe. */
  readonly width: number | undefined;
  /** True if stdout is a terminal that takes colours. */
  readonly hasColours: boolean;
  /** True if stderr is a terminal. */
  readonly isTerminal: boolean;
  readonly clock: () => number;
  readonly repeat: Repeat;
}

/** Opens the terminal for one run. @param options.label - Names the run while it is under way. */
export function openTerminal(
  edges: TerminalEdges,
  { label, isJson }: { readonly label: string; readonly isJson: boolean },
): { readonly output: Output; readonly waiting: Waiting } {
  const { isTerminal, writeError, clock, repeat } = edges;
  const line = isTerminal ? createStatusLine(writeError) : undefined;
  return {
    output: createOutput({ style: createStyle(edges), isJson, line, writeError, clock }),
    waiting: startWaiting({ label, line, repeat }),
  };
}

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
      writeError(`${maskSecrets(text)}\n`);
    },
    startProgress: (label, total) =>
      createProgress({ label, total, line, write: writeError, clock }),
  };
}

/** Shows how far a long command is. */
interface Progress {
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

/** Back to the line's start and clear it. */
const CLEAR_LINE = '\r\u001b[2K';

/** The one line of a terminal that is written over: whoever shows something holds it until it is cleared. */
interface StatusLine {
  /** Shows a string in place of what is there. @param holder - Who shows it. */
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

/** Calls back again and again until it is stopped. @param milliseconds - Between two calls. */
type Repeat = (milliseconds: number, callback: () => void) => () => void;

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

/** How text is laid out: the width of the terminal, and its colours or none. */
export interface Style {
  /** Columns of the terminal; infinite where there is none. */
  readonly width: number;
  readonly colours: ReturnType<typeof picocolors.createColors>;
}

/** Makes the style of one stream; colours only on a terminal. @param options.width - Columns of the terminal. @default no terminal */
export function createStyle(options: {
  readonly width?: number | undefined;
  readonly hasColours: boolean;
}): Style {
  return {
    // What goes into a pipe is for other programs: a row is a line.
    width: options.width ?? Number.POSITIVE_INFINITY,
    colours: picocolors.createColors(options.hasColours),
  };
}

/** Asks whoever sits at the terminal. */
export interface Prompt {
  /**
   * Shows a string and asks for confirmation.
   *
   * @returns True for `y` or `yes`; everything else is a no, Ctrl-C and Ctrl-D too.
   * @throws {CliError} `ERR_CONFIRMATION_NEEDED` if stdin is not a terminal.
   */
  confirm(text: string, question: string): Promise<boolean>;
}

interface PromptStreams {
  readonly input: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  readonly output: NodeJS.WritableStream;
}

/** Creates a prompt on a terminal; without one, asking is an error that names `--yes`. */
export function createPrompt(streams: PromptStreams): Prompt {
  return {
    async confirm(text, question) {
      if (streams.input.isTTY === true) return ask(streams, `${text}\n\n${question} [y/N] `);
      const message = `Cannot ask "${question}": stdin is not a terminal.`;
      throw new CliError('ERR_CONFIRMATION_NEEDED', message, {
        next: 'the same command with --yes',
      });
    },
  };
}

function ask(streams: PromptStreams, text: string): Promise<boolean> {
  const readline = createInterface(streams);
  return new Promise((resolve) => {
    // Ctrl-C and Ctrl-D close it without an answer.
    readline.once('close', () => {
      streams.output.write('\n');
      resolve(false);
    });
    readline.question(text, (answer) => {
      resolve(/^y(es)?$/i.test(answer.trim()));
      readline.removeAllListeners('close').close();
    });
  });
}

/** The prompt of `--yes`. */
export const ALWAYS_YES: Prompt = { confirm: async () => true };
