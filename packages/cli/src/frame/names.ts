import { closest, distance } from 'fastest-levenshtein';
import { CliError, type NextStep } from './errors.ts';

/** The most names that a message lists: a pool may have thousands of clients. */
const MAX_LISTED = 20;

/**
 * The sentence for a name that does not exist: what may be meant, and what there is.
 *
 * @param what - What it should name, such as `pool`.
 * @param known - The names that exist.
 * @param place - Where it was looked for, such as `of environment "prod"`. @default nothing
 */
export function unknownName(
  what: string,
  got: string,
  known: readonly string[],
  place?: string,
): string {
  const subject = [what, `"${got}"`, place].filter((word) => word !== undefined).join(' ');
  const parts = [`Unknown ${subject}.`, didYouMean(got, known), listOf(known)];
  return parts.filter((part) => part !== undefined).join(' ');
}

/** The question for a name that is close to a known one. A third of it may be wrong: more is another name. */
export function didYouMean(got: string, known: readonly string[]): string | undefined {
  if (known.length === 0) return undefined;
  const name = closest(got, [...known]);
  const isClose =
    distance(got.toLowerCase(), name.toLowerCase()) <= Math.ceil(got.length / 3) ||
    (got.length >= 3 && name.startsWith(got));
  return isClose ? `Did you mean "${name}"?` : undefined;
}

function listOf(known: readonly string[]): string {
  if (known.length === 0) return 'There are none.';
  const more = known.length - MAX_LISTED;
  const listed = known.slice(0, MAX_LISTED).join(', ');
  return `Expected one of: ${listed}${more > 0 ? ` and ${more} more` : ''}.`;
}

/** The error for an argument or an option whose value cannot be used. */
export function invalidArgument(
  what: string,
  got: string,
  expected: string,
  next?: NextStep,
): CliError {
  const message = `${what}: got "${got}", expected ${expected}.`;
  return new CliError('ERR_ARGUMENT_INVALID', message, { next });
}
