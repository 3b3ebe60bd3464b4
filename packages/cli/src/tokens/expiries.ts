import type { OverrideRecord } from '@cognito-m2m/claim-schema';
import { plainText } from '../output/plain-text.ts';
import type { Style } from '../output/style.ts';
import { toIsoTime } from './time.ts';

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

/** Compares when the claims end that both revisions set; sorted by name. A claim that comes or goes is no such change. */
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
