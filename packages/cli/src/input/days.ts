import { CliError } from '../errors.ts';

/**
 * Reads a number of days.
 *
 * @param option - Where it was given, for the error.
 * @throws {CliError} `ERR_ARGUMENT_INVALID`.
 */
export function parseDays(text: string, option: string): number {
  if (/^\d{1,5}$/.test(text)) return Number(text);
  const message = `${option}: got "${text}", expected a whole number of days.`;
  throw new CliError('ERR_ARGUMENT_INVALID', message);
}
