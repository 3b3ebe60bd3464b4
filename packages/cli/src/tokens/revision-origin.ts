import { isDeepStrictEqual } from 'node:util';
import type { OverrideRecord } from '@cognito-m2m/claim-schema';

/**
 * Finds the revision that set a claim to what it is in the newest one: who and why, even if others wrote since.
 *
 * @param revisions - Oldest first; the claim is in the last.
 */
export function findSettingRevision(
  revisions: readonly OverrideRecord[],
  claimName: string,
): OverrideRecord | undefined {
  const newest = revisions.at(-1);
  const claim = newest?.claims[claimName];
  if (newest === undefined || claim === undefined) return undefined;
  let setting = newest;
  for (const revision of revisions.toReversed()) {
    if (!isDeepStrictEqual(revision.claims[claimName], claim)) break;
    setting = revision;
  }
  return setting;
}
