import { createInterface } from 'node:readline/promises';
import { CliError } from './errors.ts';

/** Asks whoever sits at the terminal. */
export interface Prompt {
  /**
   * Shows a text and asks for a yes.
   *
   * @returns True for `y` or `yes`; everything else is a no.
   * @throws {CliError} `ERR_CONFIRMATION_NEEDED` if nobody is there to answer.
   */
  confirm(text: string, question: string): Promise<boolean>;
}

/** Creates a prompt on a terminal; without one, asking is an error that names `--yes`. */
export function createPrompt(streams: {
  readonly input: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  readonly output: NodeJS.WritableStream;
}): Prompt {
  return {
    async confirm(text, question) {
      if (streams.input.isTTY !== true) {
        const message = `Nobody is here to answer "${question}".`;
        throw new CliError('ERR_CONFIRMATION_NEEDED', message, {
          next: 'the same command with --yes',
        });
      }
      const readline = createInterface(streams);
      try {
        const answer = await readline.question(`${text}\n\n${question} [y/N] `);
        return /^y(es)?$/i.test(answer.trim());
      } finally {
        readline.close();
      }
    },
  };
}

/** The prompt of `--yes`. */
export const ALWAYS_YES: Prompt = { confirm: async () => true };
