import type { ClaimLayers, ClaimRules } from '@cognito-m2m/claim-schema';
import { predictToken } from './client-records.ts';
import type { RequestVariant } from './requests.ts';
import { type ClaimDiff, diffTokens, type NameDiff, showableDiff } from './token-diff.ts';

/** The layers of one client before and after a deploy. */
interface LayerSides {
  readonly before: ClaimLayers;
  readonly after: ClaimLayers;
}

/**
 * Compares the tokens of several requests before and after; a difference is told once, for the first request that shows it.
 *
 * @param now - Epoch seconds.
 */
export function diffRequests(
  { before, after }: LayerSides,
  variants: readonly RequestVariant[],
  now: number,
  rules: ClaimRules,
): TokenChanges {
  const diff = createTeller<PlannedClaimDiff>();
  const scopes = createTeller<PlannedNameDiff>();
  const suppressed = createTeller<PlannedNameDiff>();
  for (const { label, request } of variants) {
    const resolve = (layers: ClaimLayers) => predictToken(layers, request, now, rules);
    const found = diffTokens(resolve(before), resolve(after), request.scopes);
    diff.tell(showableDiff(found.claims), label);
    scopes.tell(found.scopes, label);
    suppressed.tell(found.suppressed, label);
  }
  return { diff: diff.told(), scopes: scopes.told(), suppressed: suppressed.told() };
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

/** The request for which a difference shows; absent for a token with all scopes. */
interface WhenAsked {
  readonly when?: string;
}

/** One claim that a deploy would change. */
type PlannedClaimDiff = ClaimDiff & WhenAsked;

/** One scope or suppressed claim that a deploy would add to tokens, or take out of them. */
type PlannedNameDiff = NameDiff & WhenAsked;

/** What a deploy would change in the tokens of one client. */
export interface TokenChanges {
  readonly diff: readonly PlannedClaimDiff[];
  readonly scopes: readonly PlannedNameDiff[];
  /** Names of claims that are taken out of tokens. */
  readonly suppressed: readonly PlannedNameDiff[];
}
