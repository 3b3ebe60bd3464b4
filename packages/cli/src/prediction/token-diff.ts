import type {
  ClaimRequest,
  Claims,
  JsonValue,
  RequestVariant,
  Resolution,
} from '@cognito-m2m/claim-schema';
import { type ClaimDiff, diffClaims, grantedScopes } from '@cognito-m2m/doctor/token-comparison';
import type { Style } from '../frame/terminal.ts';
import { claimText, HIDDEN_VALUE, plainText, showableValue } from '../frame/text.ts';

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

/** A name that only one of two tokens lists. */
export interface NameDiff {
  readonly name: string;
  readonly change: 'added' | 'removed';
}

/** How two tokens differ; each list is sorted by name, and empty if they do not. */
export interface TokenDiff {
  readonly claims: readonly ClaimDiff[];
  /** Scopes of the token; none if only one of the two is issued. */
  readonly scopes: readonly NameDiff[];
  /** Names of claims that are taken out; none if only one of the two is issued. */
  readonly suppressed: readonly NameDiff[];
  /** The outcome of each side, only if they differ: `issued` or the code of a denial. */
  readonly outcome: { readonly before: string; readonly after: string } | undefined;
}

/** Compares two tokens of one request, denials included. @param asked - The scopes that it asks for. */
export function diffTokens(
  before: Resolution,
  after: Resolution,
  asked: readonly string[],
): TokenDiff {
  const outcome = { before: outcomeOf(before), after: outcomeOf(after) };
  return {
    claims: diffClaims(claimsOf(before), claimsOf(after)),
    ...diffNames(before, after, asked),
    outcome: outcome.before === outcome.after ? undefined : outcome,
  };
}

// A denial has no scopes: that there is no token says it all.
function diffNames(before: Resolution, after: Resolution, asked: readonly string[]) {
  if (before.outcome === 'deny' || after.outcome === 'deny') return { scopes: [], suppressed: [] };
  return {
    scopes: diffLists(grantedScopes(asked, before), grantedScopes(asked, after)),
    suppressed: diffLists(before.suppress, after.suppress),
  };
}

/** Compares two lists of names, their order aside. */
export function diffLists(before: readonly string[], after: readonly string[]): NameDiff[] {
  const names = [...new Set([...before, ...after])].sort();
  return names.flatMap((name): NameDiff[] => {
    if (!after.includes(name)) return [{ name, change: 'removed' }];
    return before.includes(name) ? [] : [{ name, change: 'added' }];
  });
}

/** The differences as they may be shown in JSON. */
export function showableDiff(diff: readonly ClaimDiff[]): ClaimDiff[] {
  return diff.map(({ name, change, before, after }) => ({
    name,
    change,
    ...(before !== undefined && { before: showableValue(name, before) }),
    ...(after !== undefined && { after: showableValue(name, after) }),
  }));
}

/** The differences of claims as lines: `+ name value`, `- name value`, `~ name value → value`. */
export function renderClaimDiffs(claims: readonly ClaimDiff[], { colours }: Style): string[] {
  return claims.flatMap((claim) =>
    splitIntoMembers(claim).map((part) => renderClaim(part, colours)),
  );
}

/**
 * Splits the difference of an object claim into those of its members, named `limits.perMinute`.
 *
 * A claim that is an object on one side only, or that looks like a secret, stays whole.
 */
export function splitIntoMembers(claim: ClaimDiff): readonly ClaimDiff[] {
  const { name, before, after } = claim;
  if (!isObject(before) || !isObject(after)) return [claim];
  if (claimText(name, before) === HIDDEN_VALUE || claimText(name, after) === HIDDEN_VALUE) {
    return [claim];
  }
  return diffClaims(before, after).flatMap((member) =>
    splitIntoMembers({ ...member, name: `${name}.${member.name}` }),
  );
}

function isObject(value: JsonValue | undefined): value is Claims {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function renderClaim({ name, before, after }: ClaimDiff, colours: Style['colours']): string {
  const old = before === undefined ? undefined : claimText(name, before);
  const fresh = after === undefined ? undefined : claimText(name, after);
  const label = plainText(name);
  if (old === undefined) return colours.green(`+ ${label} ${fresh}`);
  if (fresh === undefined) return colours.red(`- ${label} ${old}`);
  return colours.yellow(`~ ${label} ${old} → ${fresh}`);
}

function claimsOf(resolution: Resolution): Claims {
  return resolution.outcome === 'issue' ? resolution.claims : {};
}

function outcomeOf(resolution: Resolution): string {
  return resolution.outcome === 'issue' ? 'issued' : resolution.code;
}

/** Names that came or went, one a line. */
export function renderNameDiffs(
  noun: string,
  names: readonly NameDiff[],
  { colours }: Style,
): string[] {
  return names.map(({ name, change }) =>
    change === 'added'
      ? colours.green(`+ ${noun} ${plainText(name)}`)
      : colours.red(`- ${noun} ${plainText(name)}`),
  );
}
