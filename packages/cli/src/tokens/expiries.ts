import type { OverrideRecord } from '@cognito-m2m/claim-schema';
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
