import { invalidArgument } from './errors.ts';

/** Epoch seconds, the unit of tokens and expiries, of epoch milliseconds. */
export function toEpochSeconds(milliseconds: number): number {
  return Math.floor(milliseconds / 1000);
}

/** A time as people and scripts read it: ISO 8601 in UTC, to the second. */
export function toIsoTime(epochSeconds: number): string {
  return new Date(epochSeconds * 1000).toISOString().replace('.000Z', 'Z');
}

/** The same of epoch milliseconds. */
export function toIsoTimeOfMs(epochMs: number): string {
  return toIsoTime(toEpochSeconds(epochMs));
}

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
  throw invalidArgument(option, text, 'a time such as 2026-06-01T12:00Z, or +2h');
}

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
  throw invalidArgument(option, text, 'a duration such as 30m, 2h or 7d');
}
