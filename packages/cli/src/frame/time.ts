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
