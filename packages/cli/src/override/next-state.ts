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
import { CliError } from '../frame/errors.ts';
import type { MemberValue } from '../frame/input.ts';
import { toEpochSeconds, toIsoTime } from '../frame/time.ts';
import type { ClientRecords } from '../prediction/client-records.ts';

/** What an operator wants changed in the override of one client. */
export type OverrideChange =
  | {
      readonly type: 'set';
      readonly claims: { readonly [claimName: string]: OverrideClaim };
      /** Members of claims that are not in `claims`. */
      readonly members: readonly MemberValue[];
      /** When the members expire, in epoch seconds; `undefined` for never. */
      readonly expiresAt: number | undefined;
    }
  | {
      readonly type: 'unset';
      readonly claimNames: readonly string[];
      readonly members: readonly ClaimMember[];
    }
  /** Back to the claims of an older revision; 0 is the state before the first. The kill switch stays as it is. */
  | { readonly type: 'rollback'; readonly toRevision: number }
  | { readonly type: 'disable' }
  | { readonly type: 'enable' };

/** What a change starts from. */
export interface ChangeStart {
  /** The client as commands take it: `payments billing-worker`. */
  readonly clientArguments: string;
  readonly records: ClientRecords;
  readonly change: OverrideChange;
  readonly nowMs: number;
}

/** What a revision decides. */
type OverrideState = Pick<OverrideRecord, 'claims' | 'disabled'>;

/** The state that a revision leaves; without one there are no claims, and the client is enabled. */
export function stateOf(record: OverrideRecord | undefined): OverrideState {
  return { claims: record?.claims ?? {}, disabled: record?.disabled ?? false };
}

/**
 * The state after a change. Claims that have expired are left out of it.
 *
 * @throws {CliError} `ERR_REVISION_NOT_FOUND` for a rollback to nowhere.
 */
export function nextState(request: ChangeStart): OverrideState {
  const { records, change, nowMs } = request;
  const { claims, disabled } = stateOf(records.revisions.at(-1));
  if (change.type === 'disable') return { claims, disabled: true };
  if (change.type === 'enable') return { claims, disabled: false };
  const kept = keepUnexpired(claims, nowMs);
  if (change.type === 'set') {
    return {
      claims: changeMembers({ ...kept, ...change.claims }, change, records.baseline),
      disabled,
    };
  }
  if (change.type === 'rollback') {
    return { claims: keepUnexpired(claimsOfRevision(request, change.toRevision), nowMs), disabled };
  }
  const others = Object.entries(kept).filter(([name]) => !change.claimNames.includes(name));
  return { claims: changeMembers(Object.fromEntries(others), change, records.baseline), disabled };
}

function keepUnexpired(claims: OverrideRecord['claims'], nowMs: number): OverrideRecord['claims'] {
  const now = toEpochSeconds(nowMs);
  const isKept = ({ expiresAt }: { expiresAt?: number }) =>
    expiresAt === undefined || expiresAt > now;
  return Object.fromEntries(Object.entries(claims).filter(([, claim]) => isKept(claim)));
}

/** Checks that what a change removes is there, and that a member can be set by itself. */
export function checkNames({ change, records, nowMs }: ChangeStart): readonly Fault[] {
  if (change.type !== 'set' && change.type !== 'unset') return [];
  const claims = keepUnexpired(stateOf(records.revisions.at(-1)).claims, nowMs);
  const memberFaults = checkMembers(claims, change, records.baseline);
  if (change.type === 'set') return memberFaults;
  const missing = change.claimNames.filter((name) => !Object.hasOwn(claims, name));
  const names = Object.keys(claims);
  const claimFaults = missing.map((path) =>
    names.length === 0
      ? { path, problem: 'the override sets no claims' }
      : { path, problem: 'the override does not set it', expected: `one of ${names.join(', ')}` },
  );
  return [...claimFaults, ...memberFaults];
}

function claimsOfRevision(
  { records: { revisions }, clientArguments }: ChangeStart,
  wanted: number,
): OverrideRecord['claims'] {
  if (wanted === 0) return {};
  const found = revisions.find(({ revision }) => revision === wanted);
  if (found !== undefined) return found.claims;
  const newest = revisions.at(-1)?.revision ?? 0;
  const message = `Revision ${wanted} does not exist; expected 0 to ${newest}.`;
  throw new CliError('ERR_REVISION_NOT_FOUND', message, {
    next: { m2m: `history ${clientArguments}` },
  });
}

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
function changeMembers(
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
function checkMembers(
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
