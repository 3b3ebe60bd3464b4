import { createInterface } from 'node:readline';
import { CliError } from './errors.ts';

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
