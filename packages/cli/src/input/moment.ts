import { CliError } from '../errors.ts';
import { parseDuration } from './duration.ts';

/** ISO 8601, down to the minute or the second, with its zone: a time without one means something else on each machine. */
const ISO_TIME = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d))?$/;

/**
 * Reads a moment: an ISO 8601 time, a date (its first second in UTC), or a duration from now such as `+2h`.
 *
 * @param now - Epoch seconds.
 * @returns Epoch seconds.
 * @throws {CliError} `ERR_ARGUMENT_INVALID`.
 */
export function parseMoment(text: string, option: string, now: number): number {
  if (text.startsWith('+')) return now + parseDuration(text.slice(1), option);
  const milliseconds = ISO_TIME.test(text) ? Date.parse(text) : Number.NaN;
  if (!Number.isNaN(milliseconds)) return Math.floor(milliseconds / 1000);
  const expected = 'a time such as 2026-06-01T12:00Z, or +2h';
  throw new CliError('ERR_ARGUMENT_INVALID', `${option}: got "${text}", expected ${expected}.`);
}
