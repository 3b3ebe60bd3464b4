import type { Fault } from '@cognito-m2m/claim-schema';

/** A name and a value that were given as `name=value`. */
type Pair = readonly [name: string, value: string];

/** What a list of `name=value` held. */
export interface Pairs {
  readonly pairs: readonly Pair[];
  /** One for each text without a name, and for each name that was given more than once. */
  readonly faults: readonly Fault[];
}

/**
 * Splits texts of the form `name=value` at their first `=`.
 *
 * @param what - What they are, for the faults, which count texts without a name and never quote them: they may hold a secret.
 */
export function splitPairs(texts: readonly string[], what: string): Pairs {
  const split = texts.map((text): Pair => {
    const position = text.indexOf('=');
    return [text.slice(0, Math.max(position, 0)), text.slice(position + 1)];
  });
  const nameless = split.flatMap(([name], index): Fault[] =>
    name === ''
      ? [{ path: `${what} number ${index + 1}`, problem: 'no name', expected: 'name=value' }]
      : [],
  );
  const pairs = split.filter(([name]) => name !== '');
  return { pairs, faults: [...nameless, ...findRepeated(pairs)] };
}

function findRepeated(pairs: readonly Pair[]): Fault[] {
  const names = pairs.map(([name]) => name);
  const repeated = names.filter((name, index) => names.indexOf(name) !== index);
  return [...new Set(repeated)].map((path) => ({
    path,
    problem: 'given more than once',
    expected: 'one value',
  }));
}
