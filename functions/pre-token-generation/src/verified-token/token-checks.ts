import {
  TOKEN_REFUSAL_MESSAGES,
  type TokenSelector,
  type TokenVerdict,
} from '@cognito-m2m/claim-schema';
import type { Clock } from '../clock.ts';
import { createTokenVerifier } from './token-verifier.ts';

/** What the verification of the user's token of one request came to. */
export interface UserTokenCheck {
  readonly verdict: TokenVerdict;
  /** For the log line: where the token was, whose it is, and the verdict; never the token, and no claim of it. */
  readonly line: object;
  /** What a caller may read about a refusal of the token, by code. */
  readonly sentences: { readonly [code: string]: string };
}

/** Verifies the tokens in the metadata of requests. Made once per container. */
export interface TokenChecks {
  /** Reads the keys of the declared issuers; never fails, and a failure is tried again with the first token. */
  prefetch(): Promise<void>;
  /** Begins to read the keys that the tokens in the metadata will need, if some are not fresh; returns at once. */
  prepare(metadata: { readonly [key: string]: unknown }): void;
  /**
   * Verifies the token that a client's record asks for, within the time that is left of the budget.
   *
   * @param startedMs - When the request began, by the steady clock.
   * @returns Nothing if the request holds no token.
   */
  check(
    selector: TokenSelector,
    metadata: { readonly [key: string]: unknown },
    startedMs: number,
  ): Promise<UserTokenCheck | undefined>;
}

/** Together with the table's read, which has the same budget, in milliseconds: Amazon Cognito gives up after 5 s. */
const TOKEN_BUDGET_MS = 2500;

/**
 * Creates the checks. The only entry of the file that is loaded where users' tokens are verified: what only those
 * environments need stands here, and not in the bundle.
 *
 * @param edges - As `createTokenVerifier` takes them.
 */
export function createTokenChecks(edges: Parameters<typeof createTokenVerifier>[0]): TokenChecks {
  const { clock }: { readonly clock: Clock } = edges;
  const { prefetch, prepare, verify } = createTokenVerifier(edges);
  return {
    prefetch,
    prepare,
    async check(selector, metadata, startedMs) {
      const { key, issuer } = selector;
      const token = Object.hasOwn(metadata, key) ? metadata[key] : undefined;
      if (token === undefined) return undefined;
      const timeoutMs = Math.max(0, startedMs + TOKEN_BUDGET_MS - clock.steadyMs());
      const verdict = await verify(token, selector, { timeoutMs });
      const line = { key, issuer: issuer.name, ...describeVerdict(verdict) };
      return { verdict, line, sentences: TOKEN_REFUSAL_MESSAGES };
    },
  };
}

function describeVerdict(verdict: TokenVerdict): object {
  const { outcome } = verdict;
  if (outcome === 'verified') return { outcome, ageSeconds: verdict.ageSeconds };
  return { outcome, code: verdict.code, reason: verdict.reason };
}
