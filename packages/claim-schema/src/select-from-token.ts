import { checkClaimValue } from './claim-rules.ts';
import { compareText, deny, type StackedClaim } from './claim-stack.ts';
import type { ClaimValue } from './claim-value.ts';
import type { Contract } from './contract-definition.ts';
import type { Denial, DroppedClaim } from './resolution.ts';
import type { TokenSelector, TokenVerdict } from './token-selector.ts';

/** What a user's token brings. */
export interface TokenSelection {
  readonly claims: readonly StackedClaim[];
  /** The claims that are left out because the token could not be verified. */
  readonly dropped: readonly DroppedClaim[];
}

/**
 * Takes claims from a user's verified token.
 *
 * A token that is refused refuses the request, also where none is required: whoever sends a forged one gets nothing. Only
 * for keys that are not available, which is not the caller's fault, the claims are left out.
 *
 * @param verdict - `undefined` if the request holds no token.
 */
export function selectFromToken(
  selector: TokenSelector | undefined,
  verdict: TokenVerdict | undefined,
  contract: Contract,
): TokenSelection | Denial {
  if (selector === undefined) return { claims: [], dropped: [] };
  const { key, issuer, required } = selector;
  const names = Object.keys(selector.claims).sort(compareText);
  if (verdict === undefined) {
    return required ? deny('ERR_TOKEN_REQUIRED', key) : { claims: [], dropped: [] };
  }
  if (verdict.outcome === 'refused') {
    if (required || verdict.code !== 'ERR_TOKEN_KEYS_UNAVAILABLE') return deny(verdict.code, key);
    return { claims: [], dropped: names.map(toDropped) };
  }
  const origin = { layer: 'token', source: key, issuer: issuer.name } as const;
  const claims: StackedClaim[] = [];
  for (const name of names) {
    const value = Object.hasOwn(verdict.claims, name) ? verdict.claims[name] : undefined;
    if (value === undefined) return deny('ERR_TOKEN_CLAIM_MISSING', name);
    const fault = checkClaimValue(contract, name, value, name);
    if (fault !== undefined) return deny('ERR_TOKEN_CLAIM_INVALID', name);
    claims.push({ name, value: value as ClaimValue, origin });
  }
  return { claims, dropped: [] };
}

function toDropped(name: string): DroppedClaim {
  return { name, layer: 'token', reason: 'keys-unavailable' };
}
