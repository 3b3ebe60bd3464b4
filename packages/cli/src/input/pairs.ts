import type { Fault } from '@cognito-m2m/claim-schema';

/** A name and a value that were given as `name=value`. */
type Pair = readonly [name: string, value: string];

/** What a list of `name=value` held. */
export interface Pairs {
  readonly pairs: readonly Pair[];
  /** One for each text without a name or a value, and for each name that was given more than once. */
  readonly faults: readonly Fault[];
}

/**
 * Splits texts of the form `name=value` at their first `=`.
 *
 * @param what - What they are, for the faults, which count texts without a name or a value and never quote them: they may hold a secret.
 */
export function splitPairs(texts: readonly string[], what: string): Pairs {
  const pairs: Pair[] = [];
  const faults: Fault[] = [];
  for (const [index, text] of texts.entries()) {
    const position = text.indexOf('=');
    if (position > 0) pairs.push([text.slice(0, position), text.slice(position + 1)]);
    else {
      const problem = position === 0 ? 'no name' : 'no "=value"';
      faults.push({ path: `${what} number ${index + 1}`, problem, expected: 'name=value' });
    }
  }
  return { pairs, faults: [...faults, ...findRepeated(pairs)] };
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
