import type { Fault, OverrideRecord } from '@cognito-m2m/claim-schema';
import { CliError } from '../errors.ts';
import { toEpochSeconds } from '../tokens/time.ts';
import type { ChangeRequest } from './change-request.ts';

/** What a revision decides. */
export type OverrideState = Pick<OverrideRecord, 'claims' | 'disabled'>;

/** The state that a revision leaves; without one there are no claims, and the client is enabled. */
export function stateOf(record: OverrideRecord | undefined): OverrideState {
  return { claims: record?.claims ?? {}, disabled: record?.disabled ?? false };
}

/**
 * The state after a change. Claims that have expired are left out of it.
 *
 * @throws {CliError} `ERR_REVISION_NOT_FOUND` for a rollback to nowhere.
 */
export function nextState(request: ChangeRequest): OverrideState {
  const { records, change, nowMs } = request;
  const { claims, disabled } = stateOf(records.revisions.at(-1));
  if (change.type === 'disable') return { claims, disabled: true };
  if (change.type === 'enable') return { claims, disabled: false };
  const kept = keepUnexpired(claims, nowMs);
  if (change.type === 'set') return { claims: { ...kept, ...change.claims }, disabled };
  if (change.type === 'rollback') {
    return { claims: keepUnexpired(claimsOfRevision(request, change.toRevision), nowMs), disabled };
  }
  const others = Object.entries(kept).filter(([name]) => !change.claimNames.includes(name));
  return { claims: Object.fromEntries(others), disabled };
}

function keepUnexpired(claims: OverrideRecord['claims'], nowMs: number): OverrideRecord['claims'] {
  const now = toEpochSeconds(nowMs);
  const isKept = ({ expiresAt }: { expiresAt?: number }) =>
    expiresAt === undefined || expiresAt > now;
  return Object.fromEntries(Object.entries(claims).filter(([, claim]) => isKept(claim)));
}

/** Checks that what a change names can be read and is there. */
export function checkNames({ change, records, nowMs }: ChangeRequest): readonly Fault[] {
  if (change.type === 'set') return change.faults;
  if (change.type !== 'unset') return [];
  const claims = keepUnexpired(stateOf(records.revisions.at(-1)).claims, nowMs);
  const missing = change.claimNames.filter((name) => !Object.hasOwn(claims, name));
  const names = Object.keys(claims);
  return missing.map((path) =>
    names.length === 0
      ? { path, problem: 'the override sets no claim' }
      : { path, problem: 'the override does not set it', expected: `one of ${names.join(', ')}` },
  );
}

function claimsOfRevision(
  { records: { revisions }, clientArguments }: ChangeRequest,
  wanted: number,
): OverrideRecord['claims'] {
  if (wanted === 0) return {};
  const found = revisions.find(({ revision }) => revision === wanted);
  if (found !== undefined) return found.claims;
  const newest = revisions.at(-1)?.revision ?? 0;
  const message = `There is no revision ${wanted}; expected 0 to ${newest}.`;
  throw new CliError('ERR_REVISION_NOT_FOUND', message, {
    next: { m2m: `history ${clientArguments}` },
  });
}
