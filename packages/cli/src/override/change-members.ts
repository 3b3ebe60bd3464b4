import { isDeepStrictEqual } from 'node:util';
import {
  type BaselineRecord,
  type ClaimMember,
  type ClaimValue,
  type Fault,
  type OverrideClaim,
  type OverrideRecord,
  readMember,
  removeMember,
  setMember,
} from '@cognito-m2m/claim-schema';
import type { MemberValue } from '../frame/input/claims.ts';
import { toIsoTime } from '../frame/time.ts';

type OverrideClaims = OverrideRecord['claims'];

/** Members of object claims to set or to unset. */
type MemberChange =
  | {
      readonly type: 'set';
      readonly members: readonly MemberValue[];
      readonly expiresAt: number | undefined;
    }
  | { readonly type: 'unset'; readonly members: readonly ClaimMember[] };

/**
 * Sets or unsets members of object claims.
 *
 * An override holds whole claims. A member that is set is merged into what the client has now: the override's object, or
 * else the baseline's. A member that is unset becomes what the baseline says, and the claim leaves the override when
 * nothing of the override is left in it.
 */
export function changeMembers(
  claims: OverrideClaims,
  change: MemberChange,
  baseline: BaselineRecord | undefined,
): OverrideClaims {
  const changed = { ...claims };
  if (change.type === 'unset') {
    for (const member of change.members) unsetOne(changed, member, baseline);
    return changed;
  }
  const { expiresAt } = change;
  for (const { claim, members, value } of change.members) {
    const current = changed[claim]?.value ?? valueBelow(baseline, claim);
    const merged = { value: setMember(current, members, value) };
    changed[claim] = expiresAt === undefined ? merged : { ...merged, expiresAt };
  }
  return changed;
}

/** Finds what cannot be set or unset by itself; none of the faults quotes a value. */
export function checkMembers(
  claims: OverrideClaims,
  change: MemberChange,
  baseline: BaselineRecord | undefined,
): Fault[] {
  if (change.type === 'set') {
    return change.members.flatMap((member) => checkExpiry(claims, member, change.expiresAt));
  }
  return change.members.flatMap(({ claim, members }): Fault[] => {
    const value = claims[claim]?.value;
    const isSet =
      value !== undefined &&
      !isDeepStrictEqual(
        readMember(value, members),
        readMember(valueBelow(baseline, claim), members),
      );
    if (isSet) return [];
    return [{ path: [claim, ...members].join('.'), problem: 'the override does not set it' }];
  });
}

// The other members of the claim would begin or cease to expire with this one, and nobody asked for that.
function checkExpiry(
  claims: OverrideClaims,
  { claim, members }: ClaimMember,
  expiresAt: number | undefined,
): Fault[] {
  const existing = claims[claim];
  if (existing === undefined) return [];
  const path = [claim, ...members].join('.');
  if (existing.expiresAt === undefined && expiresAt !== undefined) {
    return [
      {
        path,
        problem: `the override of ${claim} does not expire, and one expiry holds for the whole claim`,
        expected: 'the member without --expires-in, or the whole claim with it',
      },
    ];
  }
  if (existing.expiresAt === undefined || expiresAt !== undefined) return [];
  return [
    {
      path,
      problem: `the override of ${claim} expires ${toIsoTime(existing.expiresAt)}, and one expiry holds for the whole claim`,
      expected: 'the member with --expires-in, or the whole claim without it',
    },
  ];
}

function unsetOne(
  claims: { [claimName: string]: OverrideClaim },
  { claim, members }: ClaimMember,
  baseline: BaselineRecord | undefined,
): void {
  const existing = claims[claim];
  if (existing === undefined) return;
  const below = valueBelow(baseline, claim);
  const memberBelow = readMember(below, members);
  const value =
    memberBelow === undefined
      ? removeMember(existing.value, members)
      : setMember(existing.value, members, memberBelow);
  if (isDeepStrictEqual(value, below ?? {})) delete claims[claim];
  else claims[claim] = { ...existing, value };
}

/** What the client has without the override: its own claim, or else the pool's default. */
function valueBelow(baseline: BaselineRecord | undefined, claim: string): ClaimValue | undefined {
  const layers = [baseline?.claims, baseline?.defaults];
  const layer = layers.find((claims) => claims !== undefined && Object.hasOwn(claims, claim));
  return layer?.[claim];
}
