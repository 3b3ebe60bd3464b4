import {
  type ClaimLayer,
  type ClaimLayers,
  type ClaimRequest,
  type ClaimRules,
  largestRequest,
  type Requester,
  type Resolution,
  requestVariants,
} from '@cognito-m2m/claim-schema';
import type { ClaimDiff } from '@cognito-m2m/doctor/token-comparison';
import { predictToken } from '../prediction/client-records.ts';
import { diffRequests } from '../prediction/request-diff.ts';
import { diffTokens, type TokenDiff } from '../prediction/token-diff.ts';

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
export interface ComparedTokens {
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
