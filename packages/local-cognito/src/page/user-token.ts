import {
  listPassedTokenChecks,
  TOKEN_REFUSAL_MESSAGES,
  type TokenSelector,
  type TokenVerdict,
} from '@cognito-m2m/claim-schema';
import { keysOf } from '@cognito-m2m/claim-schema/values';
import type { TokenOutcome } from '../oauth/grant-token.ts';
import { formatSpan } from './format-time.ts';

const REFUSALS = keysOf(TOKEN_REFUSAL_MESSAGES);

/**
 * Reads what the trigger made of the user's token out of its answer: the page has no verifier of its own.
 *
 * @param metadata - What was sent.
 * @param now - Epoch seconds.
 */
export function readVerdict(
  outcome: TokenOutcome | undefined,
  selector: TokenSelector | undefined,
  metadata: { readonly [key: string]: string } | undefined,
  now: number,
): TokenVerdict | undefined {
  if (outcome === undefined || selector === undefined) return undefined;
  if (outcome.ok) {
    const { payload, customClaims } = outcome.value;
    const taken = Object.keys(selector.claims).filter((name) => customClaims.includes(name));
    if (taken.length === 0) return undefined;
    const claims = Object.fromEntries(taken.map((name) => [name, payload[name]]));
    const ageSeconds = Math.max(0, now - readIssuedAt(metadata?.[selector.key], now));
    return { outcome: 'verified', ageSeconds, claims };
  }
  const code = REFUSALS.find((known) => JSON.stringify(outcome.failure).includes(known));
  return code && { outcome: 'refused', code, reason: undefined };
}

/** Another trigger may have put the claim there without such a token. */
function readIssuedAt(token = '', now: number): number {
  try {
    const [, payload = ''] = token.split('.');
    const { iat } = JSON.parse(Buffer.from(payload, 'base64url').toString());
    return typeof iat === 'number' ? Math.floor(iat) : now;
  } catch {
    return now;
  }
}

/** Says what was checked of a user's token; never a part of the token. */
export function describeUserToken(
  verdict: TokenVerdict | undefined,
  selector: TokenSelector | undefined,
): string | undefined {
  if (verdict === undefined || selector === undefined) return undefined;
  const { issuer } = selector;
  const refusal = verdict.outcome === 'refused' ? verdict.code : undefined;
  const passed = listPassedTokenChecks(issuer, refusal).join(', ') || 'none';
  const result =
    verdict.outcome === 'verified'
      ? `verified, issued ${formatSpan(verdict.ageSeconds)} ago`
      : 'refused';
  return `User token of issuer ${issuer.name}: ${result}. Checks passed: ${passed}.`;
}
