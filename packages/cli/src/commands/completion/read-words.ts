import type { OptionDefinition } from '../../command.ts';
import { flagsOf, takesValue } from '../../command-options.ts';

/** What some words of an unfinished command line say. */
interface ReadWords {
  readonly positionals: readonly string[];
  /** Values of options, by their long names with the dashes. */
  readonly values: ReadonlyMap<string, string>;
  /** The option whose value comes next. */
  readonly pending: OptionDefinition | undefined;
}

/** Reads words as commander would, but for faults: an unfinished line has some. */
export function readWords(
  words: readonly string[],
  options: readonly OptionDefinition[],
): ReadWords {
  const positionals: string[] = [];
  const values = new Map<string, string>();
  let pending: OptionDefinition | undefined;
  for (const word of words) {
    const [, flag = word, value] = /^(--[\w-]+)=(.*)$/.exec(word) ?? [];
    const option = options.find((candidate) => flagsOf(candidate).includes(flag));
    if (pending !== undefined) values.set(longName(pending), word);
    else if (option !== undefined && value !== undefined) values.set(longName(option), value);
    else if (!word.startsWith('-')) positionals.push(word);
    const isNext = pending === undefined && value === undefined;
    pending = isNext && option !== undefined && takesValue(option) ? option : undefined;
  }
  return { positionals, values, pending };
}

function longName(option: OptionDefinition): string {
  return flagsOf(option).at(-1) ?? '';
}
