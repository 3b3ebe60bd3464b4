import { isDeepStrictEqual } from 'node:util';
import {
  type ClaimLayer,
  type ClaimLayers,
  type ClaimMember,
  type ClaimRequest,
  type ClaimRules,
  type Fault,
  formatFault,
  largestRequest,
  type OverrideClaim,
  type OverrideRecord,
  type Requester,
  type Resolution,
  requestVariants,
} from '@cognito-m2m/claim-schema';
import type { ClaimDiff } from '@cognito-m2m/doctor/token-comparison';
import { CliError, type NextStep } from '../frame/errors.ts';
import type { MemberValue } from '../frame/input/claims.ts';
import { toEpochSeconds } from '../frame/time.ts';
import { type ClientRecords, layersOf, predictToken } from '../prediction/client-records.ts';
import { diffRequests } from '../prediction/request-diff.ts';
import { diffExpiries, type ExpiryDiff } from '../prediction/revisions.ts';
import { diffTokens, type TokenDiff } from '../prediction/token-diff.ts';
import { changeMembers, checkMembers } from './change-members.ts';
import { checkOverrideClaims, checkReason, checkTokens } from './check-change.ts';

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

/** Who changes it, and why. */
interface ChangeAuthor {
  readonly updatedBy: string;
  readonly reason: string;
}

/** What a plan is made from. */
export interface ChangeRequest {
  readonly userPoolId: string;
  readonly clientId: string;
  /** The client as commands take it: `payments billing-worker`. */
  readonly clientArguments: string;
  /** Scopes that the client may ask for. */
  readonly scopes: readonly string[];
  readonly records: ClientRecords;
  readonly change: OverrideChange;
  /** What could not be read of the command line: reported with every other fault. */
  readonly inputFaults: readonly Fault[];
  readonly author: ChangeAuthor;
  readonly nowMs: number;
  readonly rules: ClaimRules;
}

/** What a change would do: a value, nothing is written. */
export interface ChangePlan extends ComparedTokens {
  /** The revision to write; `undefined` if there is nothing to change. */
  readonly record: OverrideRecord | undefined;
  /** The newest revision that there is; 0 for none. */
  readonly newestRevision: number;
  /** Claims that stay and end at another time than before. */
  readonly expiryChanges: readonly ExpiryDiff[];
  /** False if the deployed trigger judges claims by another contract than this plan; absent where nobody can say. */
  readonly isOfTriggersContract?: boolean | undefined;
}

/**
 * Plans the next override revision of a client.
 *
 * Claims that have expired are left out of it.
 *
 * @throws {CliError} `ERR_CHANGE_REFUSED` with every fault; `ERR_REVISION_NOT_FOUND` for a rollback to nowhere.
 */
export function planChange(request: ChangeRequest): ChangePlan {
  const { records, nowMs } = request;
  const newest = records.revisions.at(-1);
  const { unreadableRevision = 0 } = records;
  const newestRevision = Math.max(newest?.revision ?? 0, unreadableRevision);
  const state = nextState(request);
  const record: OverrideRecord = {
    kind: 'override',
    userPoolId: request.userPoolId,
    clientId: request.clientId,
    revision: newestRevision + 1,
    ...state,
    updatedBy: request.author.updatedBy,
    reason: request.author.reason,
    updatedAt: new Date(nowMs).toISOString(),
  };
  const before = layersOf(records);
  const after = { ...before, override: record };
  const missing = checkNames(request);
  // What can be unset is what the client's override holds: no help knows that.
  const next = missing.length > 0 ? { m2m: `explain ${request.clientArguments}` } : undefined;
  refuseFaults(next, [
    ...checkReason(record.reason),
    ...request.inputFaults,
    ...missing,
    ...checkClaimChange(request, before, after),
  ]);
  // What cannot be read is refused by the trigger, whatever the revision before it says.
  const isNeeded =
    unreadableRevision === newestRevision && newestRevision > 0
      ? true
      : !isDeepStrictEqual(state, stateOf(newest));
  const sides = { before, after: isNeeded ? after : before };
  const now = toEpochSeconds(nowMs);
  return {
    ...compareTokens(sides, requesterOf(request), now, request.rules),
    newestRevision,
    expiryChanges: isNeeded ? diffExpiries(newest, record) : [],
    record: isNeeded ? record : undefined,
  };
}

type WithOverride = ClaimLayers & { readonly override: OverrideRecord };

// The kill switch works whatever state the claims are in.
function checkClaimChange(
  request: ChangeRequest,
  before: ClaimLayers,
  after: WithOverride,
): Fault[] {
  const { change, records, nowMs, rules } = request;
  if (change.type === 'disable' || change.type === 'enable') return [];
  if (records.baseline === undefined) {
    return [
      {
        path: 'client',
        problem: 'has no baseline to override: deploy it first',
      },
    ];
  }
  const now = toEpochSeconds(nowMs);
  const { sound, faults } = checkOverrideClaims(after.override, rules);
  // A claim that is refused by itself must not hide what is wrong with the token of the others.
  const kept = { ...after, override: { ...after.override, claims: sound } };
  return [...faults, ...checkTokens(before, kept, requesterOf(request), now, rules)];
}

function requesterOf({ clientId, scopes, records }: ChangeRequest): Requester {
  return { clientId, scopes, baseline: records.baseline };
}

function refuseFaults(next: NextStep | undefined, faults: readonly Fault[]): void {
  if (faults.length === 0) return;
  const lines = faults.map((fault) => `  - ${formatFault(fault)}`);
  const message = ['The change is refused:', ...lines].join('\n');
  throw new CliError('ERR_CHANGE_REFUSED', message, { next });
}

/** What a revision decides. */
type OverrideState = Pick<OverrideRecord, 'claims' | 'disabled'>;

/** The state that a revision leaves; without one there are no claims, and the client is enabled. */
function stateOf(record: OverrideRecord | undefined): OverrideState {
  return { claims: record?.claims ?? {}, disabled: record?.disabled ?? false };
}

/**
 * The state after a change. Claims that have expired are left out of it.
 *
 * @throws {CliError} `ERR_REVISION_NOT_FOUND` for a rollback to nowhere.
 */
function nextState(request: ChangeRequest): OverrideState {
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
function checkNames({ change, records, nowMs }: ChangeRequest): readonly Fault[] {
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
  { records: { revisions }, clientArguments }: ChangeRequest,
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

/** A claim that changes in smaller tokens only. */
export interface HiddenDiff extends ClaimDiff {
  /** The first request that shows it: `no scope`, `only scope orders/read`. */
  readonly when: string;
  /** What sets the claim in the token with all scopes; absent if that is denied. */
  readonly hiddenBy?: {
    readonly layer: ClaimLayer;
    /** The scope or the metadata key. */
    readonly source?: string | undefined;
  };
}

/** The tokens before and after a change. */
interface ComparedTokens {
  /** What the largest token is asked for with; `before`, `after` and `diff` are about that token. */
  readonly request: ClaimRequest;
  readonly before: Resolution;
  readonly after: Resolution;
  readonly diff: TokenDiff;
  /** What a layer above hides from the largest token. */
  readonly hidden: readonly HiddenDiff[];
}

/**
 * Compares the largest token before and after a change, then every smaller one for what the largest does not show.
 *
 * @param now - Epoch seconds.
 */
export function compareTokens(
  sides: { readonly before: ClaimLayers; readonly after: ClaimLayers },
  requester: Requester,
  now: number,
  rules: ClaimRules,
): ComparedTokens {
  const request = largestRequest(requester);
  const decider = (layers: ClaimLayers) => ({
    resolve: (asked: ClaimRequest) => predictToken(layers, asked, now, rules),
  });
  const [old, fresh] = [decider(sides.before), decider(sides.after)];
  const before = old.resolve(request);
  const after = fresh.resolve(request);
  const { diff } = diffRequests(old, fresh, requestVariants(requester));
  const hidden = diff.flatMap(({ when, ...claim }): HiddenDiff[] =>
    when === undefined ? [] : [{ ...claim, when, ...findWinner(after, claim.name) }],
  );
  return { request, before, after, diff: diffTokens(before, after, request.scopes), hidden };
}

function findWinner(after: Resolution, name: string): Pick<HiddenDiff, 'hiddenBy'> {
  const origin = after.outcome === 'issue' ? after.provenance[name] : undefined;
  if (origin === undefined) return {};
  return { hiddenBy: { layer: origin.layer, source: origin.source } };
}
