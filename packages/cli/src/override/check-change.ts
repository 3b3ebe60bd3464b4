import {
  type ClaimLayers,
  type ClaimRules,
  checkClaims,
  type Denial,
  type Fault,
  findSecret,
  largestRequest,
  type OverrideRecord,
  type Requester,
  smallestRequest,
} from '@cognito-m2m/claim-schema';
import { predictToken } from '../prediction/client-records.ts';

/** The longest reason, in characters: a sentence, not a report. */
const MAX_REASON_LENGTH = 256;

/** The claims of a revision: those that may be set, and what is wrong with the others. */
interface CheckedClaims {
  readonly sound: OverrideRecord['claims'];
  /** None quotes a value. */
  readonly faults: readonly Fault[];
}

/** Checks the claims of a revision: names and values against the contract, and no secrets. */
export function checkOverrideClaims(
  { claims }: OverrideRecord,
  { contract }: ClaimRules,
): CheckedClaims {
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
export function checkReason(reason: string): Fault[] {
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
export function checkTokens(
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
