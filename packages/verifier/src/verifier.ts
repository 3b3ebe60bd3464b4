import type { Contract } from '@cognito-m2m/claim-schema';
import type { JwtPayload } from 'aws-jwt-verify/jwt-model';
import { verifyJwt } from 'aws-jwt-verify/jwt-verifier';
import { checkOptions } from './check-options.ts';
import { assertScopeCheck, checkScopes } from './check-scopes.ts';
import { checkToken } from './check-token.ts';
import { VerifyError } from './errors.ts';
import { createDocumentFetcher } from './fetch-document.ts';
import { createPoolDirectory, type TrustedPool } from './pool-directory.ts';
import { createClaimsReader } from './read-claims.ts';
import { createSigningKeys, type SigningKeys } from './signing-keys.ts';
import { translateError } from './translate-error.ts';
import type { ReadClaims, VerifiedToken } from './verified-token.ts';
import type { VerifierOptions, VerifyOptions } from './verifier-options.ts';

/** Verifies access tokens of the pools it was created with. Made once per process; it keeps the issuers' keys. */
export interface Verifier<Claims> {
  /**
   * Verifies one token and reads its claims.
   *
   * Keys are read on the first token of a pool, and again when a token names one that is not known.
   *
   * @param token - The token alone, without `Bearer`.
   * @throws {VerifyError} With the code of the first check that fails; `retryable` if the issuer could not be reached.
   */
  verify(token: string, options: VerifyOptions): Promise<VerifiedToken<Claims>>;

  /**
   * Discovers the issuers and reads all keys, so that the first token waits for nothing; called again, drops keys that
   * an issuer has taken back. One pool's failure does not hold up the others.
   *
   * @throws {VerifyError} `ERR_ISSUER_UNAVAILABLE` or `ERR_ISSUER_INVALID` of the first pool that can't be read, after all
   *   others were. To be logged and not to stop at: that pool is tried again at its next token.
   */
  prefetch(): Promise<void>;
}

/** Longer than any header that API Gateway or a load balancer lets through. */
const MAX_TOKEN_CHARACTERS = 16_384;

const DEFAULT_FETCH_TIMEOUT_MS = 3_000;

/**
 * Creates a verifier of machine-to-machine access tokens.
 *
 * No network until the first token, or until `prefetch`.
 *
 * @throws {VerifyError} `ERR_VERIFIER_OPTIONS`.
 */
export function createVerifier<
  const C extends Contract,
  const N extends keyof C & string = keyof C & string,
  const R extends N = never,
>(options: VerifierOptions<C, N, R>): Verifier<ReadClaims<C, N, R>> {
  checkOptions(options);
  const { tokenUse, grant, graceSeconds = 0 } = options;
  const { fetchTimeoutMs: timeoutMs = DEFAULT_FETCH_TIMEOUT_MS } = options;
  const clock = () => performance.now();
  const fetchDocument = createDocumentFetcher({ timeoutMs, clock });
  const directory = createPoolDirectory(options.pools, { fetchDocument, clock });
  const keys = createSigningKeys(directory, fetchDocument);
  const readClaims = createClaimsReader(options.contract, options);
  return {
    async verify(token, call) {
      // Callers without types can leave the check out.
      assertScopeCheck(call?.scopes);
      const payload = await verifySignature(token, keys, graceSeconds);
      // Found a moment ago by this very issuer, or the signature would not have been checked.
      const pool = directory.known(payload.iss as string) as TrustedPool;
      const facts = checkToken(payload, { tokenUse, grant, clientIds: pool.clientIds });
      checkScopes(facts.scopes, call.scopes);
      // Each claim was checked against the contract that `C` is the type of.
      const claims = readClaims(payload) as ReadClaims<C, N, R>;
      return { claims, ...facts, issuer: pool.issuer, tokenId: payload.jti };
    },
    async prefetch() {
      const readings = directory
        .each()
        .map(async (pools) => Promise.all((await pools).map(keys.prefetch)));
      const outcomes = await Promise.allSettled(readings);
      const failure = outcomes.find((outcome) => outcome.status === 'rejected');
      if (failure !== undefined) throw translateError(failure.reason);
    },
  };
}

async function verifySignature(
  token: string,
  keys: SigningKeys,
  graceSeconds: number,
): Promise<JwtPayload> {
  if (typeof token === 'string' && token.length > MAX_TOKEN_CHARACTERS) {
    throw new VerifyError('ERR_TOKEN_MALFORMED', { detail: 'It is too long.' });
  }
  // The issuer is checked where the key is looked up, by pool. Tokens of client credentials have no audience;
  // the list of app clients takes its place.
  const checks = { issuer: null, audience: null, graceSeconds };
  try {
    return await verifyJwt(token, '', checks, keys.findJwk, keys.toKeyObject);
  } catch (error) {
    throw translateError(error);
  }
}
