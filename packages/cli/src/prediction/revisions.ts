import type { OverrideRecord } from '@cognito-m2m/claim-schema';
import type { Style } from '../frame/output/style.ts';
import { maskSecrets, plainText } from '../frame/output/text.ts';
import { toIsoTime } from '../frame/time.ts';

/** When claims of an override end by themselves, by name; those that do not are left out. */
export interface Expiries {
  readonly [claimName: string]: string;
}

/** Reads the expiries of a revision. */
export function expiriesOf({ claims }: Pick<OverrideRecord, 'claims'>): Expiries {
  const expiries = Object.entries(claims).flatMap(([name, { expiresAt }]) =>
    expiresAt === undefined ? [] : [[name, toIsoTime(expiresAt)] as const],
  );
  return Object.fromEntries(expiries);
}

/** Another end of a claim that two revisions both set; `null` is never. */
export interface ExpiryDiff {
  readonly name: string;
  readonly before: string | null;
  readonly after: string | null;
}

/** Compares when the claims end that both revisions set; sorted by name. A claim that comes or goes is not such a change. */
export function diffExpiries(
  before: Pick<OverrideRecord, 'claims'> | undefined,
  after: Pick<OverrideRecord, 'claims'>,
): ExpiryDiff[] {
  const old = before === undefined ? {} : expiriesOf(before);
  const fresh = expiriesOf(after);
  return Object.keys(after.claims)
    .filter((name) => Object.hasOwn(before?.claims ?? {}, name) && old[name] !== fresh[name])
    .sort()
    .map((name) => ({ name, before: old[name] ?? null, after: fresh[name] ?? null }));
}

/** The differences as lines: `~ name: expires time → never`. */
export function renderExpiryDiffs(diffs: readonly ExpiryDiff[], { colours }: Style): string[] {
  return diffs.map(({ name, before, after }) =>
    colours.yellow(`~ ${plainText(name)}: expires ${before ?? 'never'} → ${after ?? 'never'}`),
  );
}

/** Who changed an override, when and why. */
export interface RevisionNote {
  readonly revision: number;
  readonly updatedBy: string;
  readonly reason: string;
  readonly updatedAt: string;
}

/** What a revision says of itself, without what looks like a secret: others than `m2m` may have written it. */
export function toRevisionNote(record: OverrideRecord): RevisionNote {
  const { revision, updatedBy, reason, updatedAt } = record;
  return { revision, updatedBy: maskSecrets(updatedBy), reason: maskSecrets(reason), updatedAt };
}
