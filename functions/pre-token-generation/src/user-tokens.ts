import type { ClaimLayers } from '@cognito-m2m/claim-schema';
import { readWithin } from './deadline.ts';
import type { TokenChecks, UserTokenCheck } from './verified-token/token-checks.ts';

/** The metadata of a request. */
type Metadata = { readonly [key: string]: unknown } | undefined;

/** Verifies the users' tokens that clients send as metadata. */
export interface UserTokens {
  /** Loads the verification and reads the keys of the declared issuers; never fails. */
  start(): Promise<void>;
  /** Begins to read what the tokens in the metadata will need, while the claims table is read. */
  prepare(metadata: Metadata): void;
  /**
   * Verifies the token that the client's record asks for, within the time that is left of the budget.
   *
   * @param startedMs - When the request began, by the steady clock.
   * @returns Nothing if the record takes no claims from a token, and then at once, or if the request holds none.
   */
  check(
    layers: ClaimLayers,
    metadata: Metadata,
    startedMs: number,
  ): Promise<UserTokenCheck | undefined> | undefined;
}

/** Lambda allows 10 s for the whole start. */
const START_BUDGET_MS = 1000;

/**
 * Creates the verification of one container.
 *
 * @param load - Loads what verifies; called at most once, and never where no client takes claims from a token.
 */
export function createUserTokens(load: () => Promise<TokenChecks>): UserTokens {
  let loading: Promise<TokenChecks> | undefined;
  let checks: TokenChecks | undefined;

  async function loadOnce(): Promise<TokenChecks> {
    loading ??= load();
    checks = await loading;
    return checks;
  }

  return {
    async start() {
      const prefetch = async () => (await loadOnce()).prefetch();
      // What fails now is tried again with the first token, and reported then.
      await readWithin(START_BUDGET_MS, prefetch).catch(() => {});
    },
    prepare(metadata) {
      if (metadata !== undefined) checks?.prepare(metadata);
    },
    check({ baseline, override }, metadata, startedMs) {
      const selector = baseline?.claimsFromToken;
      if (selector === undefined || override?.disabled || metadata === undefined) return undefined;
      if (checks !== undefined) return checks.check(selector, metadata, startedMs);
      return loadOnce().then((loaded) => loaded.check(selector, metadata, startedMs));
    },
  };
}
