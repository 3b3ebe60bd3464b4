import type { ClaimLayers, TokenVerdict } from '@cognito-m2m/claim-schema';
import type { Clock } from './clock.ts';
import { readWithin } from './deadline.ts';
import type { TokenVerifier } from './verified-token/token-verifier.ts';

/** The metadata of a request. */
type Metadata = { readonly [key: string]: unknown } | undefined;

/** What the verification of the user's token of one request came to, and where the token was. */
export interface UserTokenCheck {
  readonly key: string;
  readonly issuer: string;
  readonly verdict: TokenVerdict;
  /** What a caller may read about a refusal of the token, by code. */
  readonly sentences: TokenVerifier['sentences'];
}

/** Verifies the users' tokens that clients send as metadata. */
export interface UserTokens {
  /** Loads the verifier and reads the keys of the declared issuers; never fails. */
  start(): Promise<void>;
  /** Begins to read what the tokens in the metadata will need, while the claims table is read. */
  prepare(metadata: Metadata): void;
  /**
   * Verifies the token that the client's record asks for, within the time that is left of the budget.
   *
   * @param startedMs - When the request began, by the steady clock.
   * @returns Nothing if the record takes no claims from a token, or the request holds none.
   */
  check(
    layers: ClaimLayers,
    metadata: Metadata,
    startedMs: number,
  ): Promise<UserTokenCheck | undefined>;
}

/** Together with the table's read, which has the same budget, in milliseconds: Amazon Cognito gives up after 5 s. */
const TOKEN_BUDGET_MS = 2500;

/** Lambda allows 10 s for the whole start. */
const START_BUDGET_MS = 1000;

/**
 * Creates the verification of one container.
 *
 * @param edges.load - Loads the verifier; called at most once, and never where no client takes claims from a token.
 */
export function createUserTokens(edges: {
  readonly load: () => Promise<TokenVerifier>;
  readonly clock: Clock;
}): UserTokens {
  const { load, clock } = edges;
  let loading: Promise<TokenVerifier> | undefined;
  let verifier: TokenVerifier | undefined;

  async function loadOnce(): Promise<TokenVerifier> {
    loading ??= load();
    verifier = await loading;
    return verifier;
  }

  return {
    async start() {
      const prefetch = async () => (await loadOnce()).prefetch();
      // What fails now is tried again with the first token, and reported then.
      await readWithin(START_BUDGET_MS, prefetch).catch(() => {});
    },
    prepare(metadata) {
      if (metadata !== undefined) verifier?.prepare(metadata);
    },
    async check({ baseline, override }, metadata, startedMs) {
      const selector = baseline?.claimsFromToken;
      if (selector === undefined || override?.disabled || metadata === undefined) return undefined;
      const token = Object.hasOwn(metadata, selector.key) ? metadata[selector.key] : undefined;
      if (token === undefined) return undefined;
      const { verify, sentences } = await loadOnce();
      const timeoutMs = Math.max(0, startedMs + TOKEN_BUDGET_MS - clock.steadyMs());
      const verdict = await verify(token, selector, { timeoutMs });
      return { key: selector.key, issuer: selector.issuer.name, verdict, sentences };
    },
  };
}
