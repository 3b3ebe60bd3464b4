import { isDeepStrictEqual } from 'node:util';
import {
  type ClaimLayers,
  type Fault,
  formatFault,
  type OverrideRecord,
} from '@cognito-m2m/claim-schema';
import { CliError, type CliErrorOptions } from '../errors.ts';
import { layersOf } from '../tokens/client-records.ts';
import { diffExpiries, type ExpiryDiff } from '../tokens/expiries.ts';
import { toEpochSeconds } from '../tokens/time.ts';
import type { Requester } from '../tokens/token-requests.ts';
import type { ChangeRequest } from './change-request.ts';
import { checkOverrideClaims, checkReason, checkTokens } from './check-change.ts';
import { type ComparedTokens, compareTokens } from './compare-tokens.ts';
import { checkNames, nextState, stateOf } from './override-state.ts';

/** What a change would do: a value, nothing is written. */
export interface ChangePlan extends ComparedTokens {
  /** The revision to write; `undefined` if there is nothing to change. */
  readonly record?: OverrideRecord;
  /** The newest revision that there is; 0 for none. */
  readonly newestRevision: number;
  /** Claims that stay and end at another time than before. */
  readonly expiryChanges: readonly ExpiryDiff[];
  /** False if the deployed trigger judges claims by another contract than this plan; absent where nobody can say. */
  readonly isOfTriggersContract?: boolean;
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
  const state = nextState(request);
  const record: OverrideRecord = {
    kind: 'override',
    userPoolId: request.userPoolId,
    clientId: request.clientId,
    revision: (newest?.revision ?? 0) + 1,
    ...state,
    updatedBy: request.author.updatedBy,
    reason: request.author.reason,
    updatedAt: new Date(nowMs).toISOString(),
  };
  const before = layersOf(records);
  const after = { ...before, override: record };
  refuseFaults(request, [
    ...checkReason(record.reason),
    ...checkNames(request),
    ...checkClaimChange(request, before, after),
  ]);
  const isNeeded = !isDeepStrictEqual(state, stateOf(newest));
  const sides = { before, after: isNeeded ? after : before };
  const now = toEpochSeconds(nowMs);
  return {
    ...compareTokens(sides, requesterOf(request), now, request.rules),
    newestRevision: newest?.revision ?? 0,
    expiryChanges: isNeeded ? diffExpiries(newest, record) : [],
    ...(isNeeded && { record }),
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
        problem: 'has no baseline, on top of which overrides lie: deploy it first',
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

function refuseFaults(request: ChangeRequest, faults: readonly Fault[]): void {
  if (faults.length === 0) return;
  const lines = faults.map((fault) => `  - ${formatFault(fault)}`);
  const message = ['The change is refused:', ...lines].join('\n');
  throw new CliError('ERR_CHANGE_REFUSED', message, nextStepOf(request));
}

// What can be unset is what the client's override holds: no help knows that.
function nextStepOf(request: ChangeRequest): CliErrorOptions {
  const isMissing = request.change.type === 'unset' && checkNames(request).length > 0;
  return isMissing ? { next: { m2m: `explain ${request.clientArguments}` } } : {};
}
