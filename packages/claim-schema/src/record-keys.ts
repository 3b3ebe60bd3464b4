/** Digits of a revision in a sort key: digits sort before letters, so the baseline sorts after every revision. */
const REVISION_DIGITS = 10;

/** The highest revision that the sort key can hold. */
export const MAX_REVISION = 10 ** REVISION_DIGITS - 1;

/** The sort key of a pool's settings. */
export const SETTINGS_SORT_KEY = 'SETTINGS';

/** The partition key of all items of a pool. */
export function partitionKey(userPoolId: string): string {
  return `POOL#${userPoolId}`;
}

/** What the sort keys of all claim items of a client begin with. */
export function clientKeyPrefix(clientId: string): string {
  return `CLIENT#${clientId}#CLAIMS#`;
}

/** The sort key of a client's baseline. */
export function baselineSortKey(clientId: string): string {
  return `${clientKeyPrefix(clientId)}BASELINE`;
}

/** The sort key of one override revision. */
export function overrideSortKey(clientId: string, revision: number): string {
  return `${clientKeyPrefix(clientId)}${String(revision).padStart(REVISION_DIGITS, '0')}`;
}
