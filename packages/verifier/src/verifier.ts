import { createPublicKey, type KeyObject } from 'node:crypto';
import type { Contract } from '@cognito-m2m/claim-schema';
import {
  JwkInvalidKtyError,
  JwkInvalidUseError,
  JwksValidationError,
  JwkValidationError,
  JwtExpiredError,
  JwtInvalidSignatureAlgorithmError,
  JwtInvalidSignatureError,
  JwtNotBeforeError,
  JwtParseError,
  JwtWithoutValidKidError,
  KidNotFoundInJwksError,
  WaitPeriodNotYetEndedJwkError,
} from 'aws-jwt-verify/error';
import { findJwkInJwks, isJwks, type Jwk, SimpleJwksCache } from 'aws-jwt-verify/jwk';
import type { Jwt, JwtPayload } from 'aws-jwt-verify/jwt-model';
import { type KeyObjectCache, verifyJwt } from 'aws-jwt-verify/jwt-verifier';
import { checkClientIds, checkTokenChecks } from './check-options.ts';
import { assertScopeCheck, type CallerChecks, checkCaller, splitScopes } from './check-token.ts';
import { invalidOption, VerifyError, type VerifyErrorCode } from './errors.ts';
import {
  createDocumentFetcher,
  type DocumentFetcher,
  invalidDocument,
  parseJson,
} from './fetch-document.ts';
import { createPoolDirectory, type PoolDirectory, type TrustedPool } from './pool-directory.ts';
import { createClaimsReader } from './read-claims.ts';
import type { ReadClaims, VerifiedToken } from './verified-token.ts';
import type {
  BoundVerifierOptions,
  PoolOptions,
  ScopeCheck,
  VerifyOptions,
} from './verifier-options.ts';

/** Verifies access tokens of the pools it was created with. Made once per process; it keeps the issuers' keys. */
export interface Verifier<Claims> {
  /**
   * Verifies one token and reads its claims.
   *
   * Keys are read on the first token of a pool, and again when a token names one that is not known.
   *
   * @param token - The token, without `Bearer`.
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
 * @example
 * ```ts
 * import { createVerifier } from '@cognito-m2m/verifier';
 * import { contract } from './claim-contract.js';
 *
 * const verifier = createVerifier({
 *   contract,
 *   pools: [
 *     {
 *       issuer: 'https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_AbC123XyZ',
 *       clientIds: null,
 *     },
 *   ],
 *   tokenUse: 'access',
 *   grant: 'client_credentials',
 *   reads: ['tier'],
 * });
 *
 * export async function isPremium(token: string): Promise<boolean> {
 *   const { claims } = await verifier.verify(token, { scopes: { all: ['orders/read'] } });
 *   return claims.tier === 'premium';
 * }
 * ```
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

/** The public keys of all trusted pools. */
interface SigningKeys {
  /** Finds the key of a token that is not verified yet; reads the issuer's keys again if it names one that is not known. */
  readonly findJwk: (jwksUri: string, jwt: Jwt) => ReturnType<SimpleJwksCache['getJwk']>;
  /** Turns a key into the form that verifies, and keeps it. */
  readonly toKeyObject: KeyObjectCache['transformJwkToKeyObjectAsync'];
  /** Reads the keys of a pool. */
  readonly prefetch: (pool: TrustedPool) => Promise<void>;
}

/**
 * Creates the store of keys over aws-jwt-verify's cache.
 *
 * Keys stay until a token names another one; then they are read again, at most once in 10 seconds. A key lives no longer than
 * the document that held it: the same `kid` with a new key, as an issuer may answer after a leak, is a new key here.
 */
function createSigningKeys(directory: PoolDirectory, fetchDocument: DocumentFetcher): SigningKeys {
  const fetch = (url: string) => fetchDocument(url, (document) => checkKeys(url, document));
  const jwksCache = new SimpleJwksCache({ fetcher: { fetch } });
  const keyObjects = new WeakMap<Jwk, KeyObject>();
  return {
    async findJwk(_jwksUri, jwt) {
      const pool = await findPool(directory, jwt);
      if (pool.jwks === undefined) return jwksCache.getJwk(pool.jwksUri, jwt);
      const jwk = findJwkInJwks(pool.jwks, jwt.header.kid as string);
      if (jwk === undefined) throw new VerifyError('ERR_TOKEN_KEY_UNKNOWN');
      return jwk;
    },
    async toKeyObject(jwk, _algorithm, issuer) {
      const known = keyObjects.get(jwk);
      if (known !== undefined) return known;
      const keyObject = readKey(jwk, issuer);
      keyObjects.set(jwk, keyObject);
      return keyObject;
    },
    async prefetch(pool) {
      if (pool.jwks === undefined) await jwksCache.getJwks(pool.jwksUri);
    },
  };
}

// The cache parses the document once more; here a document without keys still counts as a failed reading.
function checkKeys(url: string, document: ArrayBuffer): ArrayBuffer {
  if (isJwks(parseJson(url, document) as Parameters<typeof isJwks>[0])) return document;
  throw invalidDocument(url, 'it holds no keys');
}

function readKey(jwk: Jwk, issuer: string | null | undefined): KeyObject {
  const keys = `the keys of ${issuer}`;
  // Without `alg`, a key of another kind would fail as late as in the check of the signature.
  if (jwk.kty !== 'RSA') throw invalidDocument(keys, 'a key is not an RSA key');
  try {
    return createPublicKey({ key: { ...jwk }, format: 'jwk' });
  } catch {
    throw invalidDocument(keys, 'a key cannot be read');
  }
}

// Before any key is looked up: a foreign issuer or algorithm must not cause a request.
async function findPool(directory: PoolDirectory, { header, payload }: Jwt): Promise<TrustedPool> {
  if (header.alg !== 'RS256') throw new VerifyError('ERR_TOKEN_ALGORITHM');
  // Extensions that a token calls critical must be understood, and we know none. RFC 7515, section 4.1.11.
  if (header['crit'] !== undefined || header.kid === undefined) {
    throw new VerifyError('ERR_TOKEN_MALFORMED');
  }
  const issuer = payload.iss ?? '';
  return directory.known(issuer) ?? (await directory.find(issuer));
}

const CODES: readonly (readonly [new (...args: never[]) => Error, VerifyErrorCode])[] = [
  [JwtParseError, 'ERR_TOKEN_MALFORMED'],
  [JwtWithoutValidKidError, 'ERR_TOKEN_MALFORMED'],
  [JwtInvalidSignatureAlgorithmError, 'ERR_TOKEN_ALGORITHM'],
  [JwtInvalidSignatureError, 'ERR_TOKEN_SIGNATURE'],
  [JwtExpiredError, 'ERR_TOKEN_EXPIRED'],
  [JwtNotBeforeError, 'ERR_TOKEN_NOT_YET_VALID'],
  [KidNotFoundInJwksError, 'ERR_TOKEN_KEY_UNKNOWN'],
  // Keys were read moments ago and had no such key.
  [WaitPeriodNotYetEndedJwkError, 'ERR_TOKEN_KEY_UNKNOWN'],
  [JwksValidationError, 'ERR_ISSUER_INVALID'],
  [JwkValidationError, 'ERR_ISSUER_INVALID'],
  [JwkInvalidUseError, 'ERR_ISSUER_INVALID'],
  [JwkInvalidKtyError, 'ERR_ISSUER_INVALID'],
];

/**
 * Turns what aws-jwt-verify throws into an error of this package.
 *
 * The original is not kept as the cause: its message and fields quote the token.
 *
 * @returns The error to throw; anything else, which is a bug, comes back as it is.
 */
function translateError(error: unknown): unknown {
  const code = CODES.find(([type]) => error instanceof type)?.[1];
  return code === undefined ? error : new VerifyError(code);
}

/**
 * Checks who a verified token was issued to, and for what use.
 *
 * @throws {VerifyError} `ERR_TOKEN_MALFORMED` for a token that never expires, and what `checkCaller` throws.
 */
function checkToken(payload: JwtPayload, checks: CallerChecks): TokenFacts {
  const { exp: expiresAt, scope } = payload;
  if (expiresAt === undefined) {
    throw new VerifyError('ERR_TOKEN_MALFORMED', { detail: 'It never expires.' });
  }
  return { clientId: checkCaller(payload, checks), scopes: splitScopes(scope), expiresAt };
}

/**
 * Checks the granted scopes of a token against what a call needs.
 *
 * @param check - One that `assertScopeCheck` has seen.
 * @throws {VerifyError} `ERR_TOKEN_SCOPE`.
 */
function checkScopes(granted: readonly string[], check: ScopeCheck): void {
  if (check === null) return;
  const isGranted = (scope: string) => granted.includes(scope);
  if (check.all?.every(isGranted) ?? check.any?.some(isGranted)) return;
  throw new VerifyError('ERR_TOKEN_SCOPE', { detail: `Needed: ${describeScopes(check)}.` });
}

/** Renders the scopes that a call needs. */
function describeScopes(check: Exclude<ScopeCheck, null>): string {
  return check.all === undefined
    ? `any of ${check.any?.join(' ')}`
    : `all of ${check.all.join(' ')}`;
}

/** Clocks that differ by more than ten minutes need to be fixed, not tolerated. */
const MAX_GRACE_SECONDS = 600;

/** A request that waits for keys for a minute has long been given up. */
const MAX_FETCH_TIMEOUT_MS = 60_000;

/**
 * Checks what the types check already, for callers without them, and what types can't say.
 *
 * @throws {VerifyError} `ERR_VERIFIER_OPTIONS`.
 */
function checkOptions(options: VerifierOptions<Contract, string, string>): void {
  const { pools, graceSeconds = 0, fetchTimeoutMs = 1 } = options;
  if (!Array.isArray(pools) || pools.length === 0) {
    throw invalidOption('"pools" must list one user pool or more.');
  }
  pools.forEach(checkPool);
  checkTokenChecks(options);
  // A comparison with anything but a number is false, and would switch the check of expiry off.
  if (
    typeof graceSeconds !== 'number' ||
    !(graceSeconds >= 0 && graceSeconds <= MAX_GRACE_SECONDS)
  ) {
    throw invalidOption(`"graceSeconds" must be a number from 0 to ${MAX_GRACE_SECONDS}.`);
  }
  const isTimeout = Number.isInteger(fetchTimeoutMs) && fetchTimeoutMs > 0;
  if (!isTimeout || fetchTimeoutMs > MAX_FETCH_TIMEOUT_MS) {
    throw invalidOption(
      `"fetchTimeoutMs" must be a whole number from 1 to ${MAX_FETCH_TIMEOUT_MS}.`,
    );
  }
}

function checkPool(pool: PoolOptions): void {
  if (typeof pool !== 'object' || pool === null) throw invalidOption('A pool must be an object.');
  const { issuer, clientIds, jwks } = pool;
  const address = typeof issuer === 'object' ? issuer?.discover : issuer;
  if (typeof address !== 'string') {
    throw invalidOption('"issuer" must be an address, or { discover: address }.');
  }
  checkClientIds(clientIds);
  if (jwks === undefined) return;
  if (!isJwks(jwks)) throw invalidOption('"jwks" must be { keys: [ … ] } with JSON Web Keys.');
  if (address !== issuer) throw invalidOption('"jwks" requires an issuer that is a string.');
}

/** What every token must be, and what is read in it. */
export interface VerifierOptions<C extends Contract, N extends keyof C & string, R extends N>
  extends BoundVerifierOptions<N, R> {
  /** The claim contract that the pools issue tokens under. */
  readonly contract: C;
}

/** What every access token of Amazon Cognito carries and the checks need. */
interface TokenFacts {
  readonly clientId: string;
  readonly scopes: readonly string[];
  readonly expiresAt: number;
}
