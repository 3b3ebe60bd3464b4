import type { ClaimRequest, RequestVariant, Resolution } from '@cognito-m2m/claim-schema';
import type { ClaimDiff } from '@cognito-m2m/doctor/token-comparison';
import { showableValue } from '../frame/output/text.ts';
import { diffTokens, type NameDiff, showableDiff } from './token-diff.ts';

/** How one side decides a request. */
interface Decider {
  readonly resolve: (request: ClaimRequest) => Resolution;
}

/** Compares the tokens of several requests before and after; a difference is listed once, for the first request that shows it. */
export function diffRequests(
  before: Decider,
  after: Decider,
  variants: readonly RequestVariant[],
): TokenChanges {
  const outcomes = createTeller<OutcomeDiff>();
  const diff = createTeller<PlannedClaimDiff>();
  const scopes = createTeller<PlannedNameDiff>();
  const suppressed = createTeller<PlannedNameDiff>();
  for (const variant of variants) {
    const { request } = variant;
    const label = labelOf(variant);
    const found = diffTokens(before.resolve(request), after.resolve(request), request.scopes);
    outcomes.tell(found.outcome === undefined ? [] : [found.outcome], label);
    diff.tell(showableDiff(found.claims), label);
    scopes.tell(found.scopes, label);
    suppressed.tell(found.suppressed, label);
  }
  return {
    outcomes: outcomes.told(),
    diff: diff.told(),
    scopes: scopes.told(),
    suppressed: suppressed.told(),
  };
}

function createTeller<T extends object>() {
  const told = new Map<string, T>();
  return {
    tell(diffs: readonly T[], label: string): void {
      for (const diff of diffs) {
        const key = JSON.stringify(diff);
        if (!told.has(key)) told.set(key, label === 'all scopes' ? diff : { ...diff, when: label });
      }
    },
    told: () => [...told.values()],
  };
}

/** What a request asks for, for people: `all scopes`, `only scope orders/read`, `metadata tenant=t-1`. */
export function labelOf({ asksFor }: RequestVariant): string {
  if (typeof asksFor === 'string') return asksFor;
  if ('scope' in asksFor) return `only scope ${asksFor.scope}`;
  return `metadata ${asksFor.key}=${showableValue(asksFor.key, asksFor.value)}`;
}

/** The request for which a difference shows; absent for a token with all scopes. */
interface WhenAsked {
  readonly when?: string;
}

/** One claim that a deploy would change. */
type PlannedClaimDiff = ClaimDiff & WhenAsked;

/** One scope or suppressed claim that a deploy would add to tokens, or take out of them. */
type PlannedNameDiff = NameDiff & WhenAsked;

/** A token that one side issues and the other refuses, or refuses for another reason: `issued` or the code of a denial. */
type OutcomeDiff = { readonly before: string; readonly after: string } & WhenAsked;

/** What a deploy would change in the tokens of one client. */
export interface TokenChanges {
  readonly outcomes: readonly OutcomeDiff[];
  readonly diff: readonly PlannedClaimDiff[];
  readonly scopes: readonly PlannedNameDiff[];
  /** Names of claims that are taken out of tokens. */
  readonly suppressed: readonly PlannedNameDiff[];
}
