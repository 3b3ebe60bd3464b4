import {
  type BaselineRecord,
  listPassedTokenChecks,
  type TokenVerdict,
} from '@cognito-m2m/claim-schema';
import type { CommandContext } from '../frame/command.ts';
import type { Style } from '../frame/terminal.ts';

/** The longest wait for an issuer's keys, in milliseconds: as long as the trigger has. */
const KEYS_TIMEOUT_MS = 2500;

/** What the verification of a user's token came to, in the JSON of a command; never a part of the token. */
export interface UserTokenJson {
  /** The key of the metadata. */
  readonly key: string;
  /** The name of the issuer in the environment file. */
  readonly issuer: string;
  /** `verified`, or the code of the refusal. */
  readonly result: string;
  readonly ageSeconds?: number;
  /** The checks that the token has passed, in their order. */
  readonly passed: readonly string[];
  /** Why the keys of the issuer are not available. */
  readonly reason?: string;
}

/** A user's token that was checked. */
export interface CheckedUserToken {
  readonly verdict: TokenVerdict;
  readonly json: UserTokenJson;
}

/**
 * Verifies the user's token in the metadata as the trigger does, by the same code.
 *
 * @param at - Epoch seconds.
 * @returns Nothing if the client takes nothing from a token, or the metadata holds none.
 */
export async function checkUserToken(
  { environment }: CommandContext,
  baseline: BaselineRecord | undefined,
  metadata: { readonly [key: string]: string } | undefined,
  at: number,
): Promise<CheckedUserToken | undefined> {
  const selector = baseline?.claimsFromToken;
  if (selector === undefined || metadata === undefined) return undefined;
  if (!Object.hasOwn(metadata, selector.key)) return undefined;
  const { createTokenVerifier } = await import('@cognito-m2m/pre-token-generation/verified-token');
  const verifier = createTokenVerifier({
    issuers: [],
    clock: { wallMs: () => at * 1000, steadyMs: () => performance.now() },
    maxStaleSeconds: environment.trigger.maxStaleSeconds,
    // Only the environment "local" can declare such an issuer.
    allowLoopbackHttp: true,
  });
  const { key, issuer } = selector;
  const timing = { timeoutMs: KEYS_TIMEOUT_MS };
  const verdict = await verifier.verify(metadata[key], selector, timing);
  const passed = listPassedTokenChecks(
    issuer,
    verdict.outcome === 'refused' ? verdict.code : undefined,
  );
  const json = { key, issuer: issuer.name, ...describeVerdict(verdict), passed };
  return { verdict, json };
}

function describeVerdict(verdict: TokenVerdict) {
  if (verdict.outcome === 'verified') return { result: 'verified', ageSeconds: verdict.ageSeconds };
  const { code, reason } = verdict;
  return reason === undefined ? { result: code } : { result: code, reason };
}

/** What was checked of a user's token; no lines if there was none. */
export function renderUserToken(json: UserTokenJson | undefined, { colours }: Style): string[] {
  if (json === undefined) return [];
  const { key, issuer, result, ageSeconds, reason, passed } = json;
  const what = `User token "${key}" of issuer "${issuer}"`;
  const checks = `  Checks passed: ${passed.join(', ') || 'none'}`;
  if (result === 'verified')
    return [colours.green(`${what}: verified, issued ${ageSeconds} s ago`), checks];
  const cause = reason === undefined ? '' : `: ${reason}`;
  return [colours.red(`${what}: refused (${result}${cause})`), checks];
}
