import { CliError } from '../errors.ts';

/** Seconds of each unit. */
const UNIT_SECONDS: { readonly [unit: string]: number } = {
  s: 1,
  m: 60,
  h: 3_600,
  d: 86_400,
  w: 604_800,
};

/**
 * Reads a duration such as `90s`, `30m`, `2h`, `7d` or `1w`, in seconds.
 *
 * @param option - Where it was given, for the error.
 * @throws {CliError} `ERR_ARGUMENT_INVALID`.
 */
export function parseDuration(text: string, option: string): number {
  const match = /^(\d{1,6})([smhdw])$/.exec(text);
  const seconds = Number(match?.[1]) * (UNIT_SECONDS[match?.[2] ?? ''] ?? Number.NaN);
  if (seconds > 0) return seconds;
  const expected = 'a duration such as 30m, 2h or 7d';
  throw new CliError('ERR_ARGUMENT_INVALID', `${option}: got "${text}", expected ${expected}.`);
}
