import { isDeepStrictEqual } from 'node:util';
import {
  type ClaimLayer,
  type ClaimLayers,
  type ClaimRequest,
  type ClaimRules,
  checkClaims,
  type Denial,
  type Fault,
  findSecret,
  formatFault,
  largestRequest,
  type OverrideRecord,
  type Requester,
  type Resolution,
  requestVariants,
  smallestRequest,
} from '@cognito-m2m/claim-schema';
import type { ClaimDiff } from '@cognito-m2m/doctor/token-comparison';
import { CliError, type NextStep } from '../frame/errors.ts';
import { toEpochSeconds } from '../frame/time.ts';
import {
  diffExpiries,
  type ExpiryDiff,
  layersOf,
  predictToken,
} from '../prediction/client-records.ts';
import { diffRequests, diffTokens, type TokenDiff } from '../prediction/token-diff.ts';
import { type ChangeStart, checkNames, nextState, stateOf } from './next-state.ts';

/** Who changes it, and why. */
interface ChangeAuthor {
  readonly updatedBy: string;
  readonly reason: string;
}

/** What a plan is made from. */
export interface ChangeRequest extends ChangeStart {
  readonly userPoolId: string;
  readonly clientId: string;
  /** Scopes that the client may ask for. */
  readonly scopes: readonly string[];
  /** What could not be read of the command line: reported with every other fault. */
  readonly inputFaults: readonly Fault[];
  readonly author: ChangeAuthor;
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

/** The longest reason, in characters: a sentence, not a report. */
const MAX_REASON_LENGTH = 256;

/** The claims of a revision: those that may be set, and what is wrong with the others. */
interface CheckedClaims {
  readonly sound: OverrideRecord['claims'];
  /** None quotes a value. */
  readonly faults: readonly Fault[];
}

/** Checks the claims of a revision: names and values against the contract, and no secrets. */
function checkOverrideClaims({ claims }: OverrideRecord, { contract }: ClaimRules): CheckedClaims {
  const checked = Object.entries(claims).map(([name, claim]) => {
    const faults = [...checkClaims(contract, { [name]: claim.value }, '')];
    const kind = findSecret(name, claim.value);
    if (kind !== undefined) faults.push({ path: name, problem: 'looks like a secret', got: kind });
    return { name, claim, faults };
  });
  return {
    sound: Object.fromEntries(
      checked.flatMap(({ name, claim, faults }) => (faults.length === 0 ? [[name, claim]] : [])),
    ),
    faults: checked.flatMap(({ faults }) => faults),
  };
}

/** Checks a reason: one line that says why, and no secret. */
function checkReason(reason: string): Fault[] {
  const expected = `1 to ${MAX_REASON_LENGTH} characters on one line`;
  const isSentence = reason.trim() !== '' && !reason.includes('\n');
  if (!isSentence || reason.length > MAX_REASON_LENGTH) {
    return [{ path: '--reason', problem: 'not a valid reason', expected }];
  }
  const kind = findSecret('', reason);
  return kind === undefined ? [] : [{ path: '--reason', problem: 'contains a secret', got: kind }];
}

/**
 * Checks that a change takes no token away: the smallest and the largest request get one, or were refused for the same
 * cause before. A change that leaves the claims over the budget is always refused.
 */
function checkTokens(
  before: ClaimLayers,
  after: ClaimLayers,
  requester: Requester,
  now: number,
  rules: ClaimRules,
): Fault[] {
  const faults = [smallestRequest(requester), largestRequest(requester)].flatMap((request) => {
    const old = predictToken(enabled(before), request, now, rules);
    const fresh = predictToken(enabled(after), request, now, rules);
    if (fresh.outcome === 'issue') return [];
    const isOld =
      old.outcome === 'deny' && old.code === fresh.code && old.subject === fresh.subject;
    return isOld && fresh.code !== 'ERR_CLAIMS_TOO_LARGE' ? [] : [toFault(fresh, rules)];
  });
  return [...new Map(faults.map((fault) => [fault.problem, fault])).values()];
}

// The kill switch would hide every other denial.
function enabled({ override, ...layers }: ClaimLayers): ClaimLayers {
  return override === undefined
    ? layers
    : { ...layers, override: { ...override, disabled: false } };
}

function toFault({ code, subject }: Denial, { sizeBudgetBytes }: ClaimRules): Fault {
  const about = subject === undefined ? '' : ` for "${subject}"`;
  const fault = { path: 'token', problem: `none could be issued: ${code}${about}` };
  if (code !== 'ERR_CLAIMS_TOO_LARGE') return fault;
  return { ...fault, expected: `at most ${sizeBudgetBytes} bytes of claims` };
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
