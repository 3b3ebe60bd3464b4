import { CliError } from '../errors.ts';

/** A name and a value that were given as `name=value`. */
export type Pair = readonly [name: string, value: string];

/**
 * Splits texts of the form `name=value` at their first `=`.
 *
 * @param what - What they are, for the error, which names positions and never the texts: they may hold a secret.
 * @throws {CliError} `ERR_ARGUMENT_INVALID` that names every text without a name.
 */
export function parsePairs(texts: readonly string[], what: string): Pair[] {
  const pairs = texts.map((text): Pair => {
    const position = text.indexOf('=');
    return [text.slice(0, Math.max(position, 0)), text.slice(position + 1)];
  });
  const faulty = pairs.flatMap(([name], index) => (name === '' ? [`number ${index + 1}`] : []));
  if (faulty.length === 0) return pairs;
  const message = `${what} ${faulty.join(', ')}: expected name=value.`;
  throw new CliError('ERR_ARGUMENT_INVALID', message);
}
