import type { ParsedArguments } from './command.ts';

/**
 * Writes a command of `m2m` ready to paste: with the environment and the target of this run, so that it never goes
 * anywhere else.
 *
 * @param words - What follows `m2m`: `history payments billing-worker`.
 */
export type CommandLine = (words: string) => string;

/** Options that say where a command works, by their names in {@link ParsedArguments}. */
const PLACE_OPTIONS = [
  ['--env', 'env'],
  ['--local-url', 'localUrl'],
  ['--environments', 'environments'],
] as const;

/** Words that no shell reads as anything but themselves. */
const PLAIN_WORD = /^[\w@%+=:,./-]+$/;

/** Creates the writer of commands for a run with these arguments. */
export function createCommandLine(parsed: Pick<ParsedArguments, 'option' | 'flag'>): CommandLine {
  const options = PLACE_OPTIONS.flatMap(([flag, name]) => {
    const value = parsed.option(name);
    return value === undefined ? [] : [flag, quoteWord(value)];
  });
  const place = [...options, ...(parsed.flag('aws') ? ['--aws'] : [])];
  return (words) => ['m2m', words, ...place].join(' ');
}

// So that a POSIX shell reads it back as it is.
function quoteWord(word: string): string {
  return PLAIN_WORD.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
