import { withoutCredentials } from './output/text.ts';

/** What the command line held, as a command's definition reads it; commander has checked what is required. */
export interface ParsedArguments {
  /** A required positional argument. */
  text(index: number): string;
  /** An optional positional argument. */
  optionalText(index: number): string | undefined;
  /** A variadic positional argument. */
  list(index: number): readonly string[];
  /** The value of an option, by its long name in camel case. */
  option(name: string): string | undefined;
  /** The values of an option that may be given many times. */
  options(name: string): readonly string[];
  /** True if the flag was given. */
  flag(name: string): boolean;
}

/** Creates the reader of what commander parsed. */
export function createParsedArguments(
  positionals: readonly unknown[],
  options: { readonly [name: string]: unknown },
): ParsedArguments {
  return {
    text: (index) => String(positionals[index]),
    optionalText: (index) => asText(positionals[index]),
    list: (index) => asList(positionals[index]),
    option: (name) => asText(options[name]),
    options: (name) => asList(options[name]),
    flag: (name) => options[name] === true,
  };
}

function asText(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function asList(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

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
    return value === undefined ? [] : [flag, quoteWord(withoutCredentials(value))];
  });
  const place = [...options, ...(parsed.flag('aws') ? ['--aws'] : [])];
  return (words) => ['m2m', words, ...place].join(' ');
}

// So that a POSIX shell reads it back as it is.
function quoteWord(word: string): string {
  return PLAIN_WORD.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
