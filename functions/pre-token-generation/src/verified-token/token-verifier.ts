import { constants, verify as verifySignature } from 'node:crypto';
import type { TokenIssuer, TokenSelector, TokenVerdict } from '@cognito-m2m/claim-schema';
import type { Clock } from '../clock.ts';
import { createJsonFetcher, type DocumentError } from './fetch-json.ts';
import { createIssuerKeys, type IssuerKeys } from './issuer-keys.ts';
import { ACCEPTED_ALGORITHMS, findKeysUrl, readKeySet, type SigningKey } from './key-set.ts';
import { readToken, type TokenPart, type UnverifiedToken } from './read-token.ts';
import { TokenRefusal } from './token-refusal.ts';

/** Verifies tokens of users. Made once per container; it keeps the issuers' keys and never a token. */
export interface TokenVerifier {
  /** Reads the keys of the declared issuers; never fails, and a failure is tried again with the first token. */
  prefetch(): Promise<void>;
  /**
   * Begins to read the keys that the tokens in the metadata of a request will need, if some are not fresh; returns at once.
   */
  prepare(metadata: { readonly [key: string]: unknown }): void;
  /**
   * Verifies one token.
   *
   * @param options.timeoutMs - The longest wait for the issuer's keys, in milliseconds.
   * @returns The claims that the client takes, or a refusal with a code; never rejects for what a caller sent.
   */
  verify(
    token: unknown,
    selector: TokenSelector,
    options: { readonly timeoutMs: number },
  ): Promise<TokenVerdict>;
}

/**
 * Creates a verifier.
 *
 * @param edges.issuers - Those that the environment declares: their keys are read at start.
 * @param edges.maxStaleSeconds - How old keys may be while their issuer cannot be read, in seconds.
 * @param edges.allowLoopbackHttp - Takes an issuer over plain HTTP if it is on this machine.
 */
export function createTokenVerifier(edges: {
  readonly issuers: readonly Pick<TokenIssuer, 'issuer' | 'jwksUri'>[];
  readonly clock: Clock;
  readonly maxStaleSeconds: number;
  readonly allowLoopbackHttp: boolean;
}): TokenVerifier {
  const { issuers, clock } = edges;
  const keysOf = createKeyStores(edges);
  return {
    async prefetch() {
      await Promise.allSettled(issuers.map((issuer) => keysOf(issuer).prefetch()));
    },
    prepare(metadata) {
      if (issuers.every((issuer) => keysOf(issuer).isFresh())) return;
      for (const value of Object.values(metadata)) {
        const token = peek(value);
        const issuer = issuers.find((declared) => declared.issuer === token?.payload['iss']);
        if (token === undefined || issuer === undefined) continue;
        keysOf(issuer)
          .find(token.keyId)
          .catch(() => {});
      }
    },
    async verify(token, selector, { timeoutMs }) {
      try {
        const read = readToken(token);
        checkBeforeKeys(read, selector.issuer);
        const issuerKeys = keysOf(selector.issuer);
        const ready = issuerKeys.findReady(read.keyId);
        // A timer costs more than the rest: almost always the keys are at hand.
        const keys =
          ready.length > 0 ? ready : await within(timeoutMs, issuerKeys.find(read.keyId));
        checkSignature(read, keys);
        const nowSeconds = clock.wallMs() / 1000;
        const ageSeconds = Math.floor(checkPayload(read.payload, selector, nowSeconds));
        return { outcome: 'verified', ageSeconds, claims: takeClaims(read.payload, selector) };
      } catch (error) {
        if (!(error instanceof TokenRefusal)) throw error;
        return { outcome: 'refused', code: error.code, reason: error.reason };
      }
    },
  };
}

/** One store for each issuer, made when it is first asked for. */
function createKeyStores(edges: {
  readonly clock: Clock;
  readonly maxStaleSeconds: number;
  readonly allowLoopbackHttp: boolean;
}): (issuer: Pick<TokenIssuer, 'issuer' | 'jwksUri'>) => IssuerKeys {
  const { clock, maxStaleSeconds, allowLoopbackHttp } = edges;
  const fetchJson = createJsonFetcher({ allowLoopbackHttp });
  const maxStaleMs = maxStaleSeconds * 1000;
  const stores = new Map<string, IssuerKeys>();
  return (issuer) => {
    const id = `${issuer.issuer} ${issuer.jwksUri ?? ''}`;
    const keys = stores.get(id) ?? createIssuerKeys(issuer, { fetchJson, clock, maxStaleMs });
    stores.set(id, keys);
    return keys;
  };
}

/**
 * Reads the keys of an issuer, and says why they cannot be read.
 *
 * @returns Nothing if there is a key that tokens can be signed with.
 */
export async function findKeysProblem(
  issuer: Pick<TokenIssuer, 'issuer' | 'jwksUri'>,
): Promise<string | undefined> {
  const fetchJson = createJsonFetcher({ allowLoopbackHttp: true });
  try {
    const keys = readKeySet(await fetchJson(await findKeysUrl(issuer, fetchJson)));
    return keys.length === 0 ? 'no key that tokens can be signed with' : undefined;
  } catch (error) {
    // Everything that the two functions throw.
    return (error as DocumentError).message;
  }
}

/** A foreign issuer or algorithm must not cause a request. */
function checkBeforeKeys(
  { algorithm, payload }: UnverifiedToken,
  { issuer }: Pick<TokenIssuer, 'issuer'>,
): void {
  if (!ACCEPTED_ALGORITHMS.has(algorithm)) throw new TokenRefusal('ERR_TOKEN_ALGORITHM');
  if (payload['iss'] !== issuer) throw new TokenRefusal('ERR_TOKEN_ISSUER');
}

const RSA_PSS = {
  padding: constants.RSA_PKCS1_PSS_PADDING,
  saltLength: constants.RSA_PSS_SALTLEN_DIGEST,
};
const ECDSA = { dsaEncoding: 'ieee-p1363' } as const;

/**
 * How `node:crypto` verifies each accepted algorithm: the hash, and what it does not take from the key.
 *
 * @see https://www.rfc-editor.org/rfc/rfc7518#section-3.1 and https://www.rfc-editor.org/rfc/rfc8037#section-3.1
 */
const METHODS: { readonly [algorithm: string]: readonly [hash: string | null, options?: object] } =
  {
    RS256: ['sha256'],
    RS384: ['sha384'],
    RS512: ['sha512'],
    PS256: ['sha256', RSA_PSS],
    PS384: ['sha384', RSA_PSS],
    PS512: ['sha512', RSA_PSS],
    ES256: ['sha256', ECDSA],
    ES384: ['sha384', ECDSA],
    ES512: ['sha512', ECDSA],
    EdDSA: [null],
    Ed25519: [null],
  };

/**
 * Checks a signature with the key that the token names.
 *
 * Here and not in another thread, as WebCrypto does: that way there and back costs twice the verification.
 *
 * @throws {TokenRefusal} `ERR_TOKEN_ALGORITHM` if no key is for the algorithm; `ERR_TOKEN_SIGNATURE`.
 */
export function checkSignature(
  { signed, signature, algorithm }: UnverifiedToken,
  keys: readonly SigningKey[],
): void {
  const key = keys.find(({ algorithms }) => algorithms.includes(algorithm));
  const method = METHODS[algorithm];
  if (key === undefined || method === undefined) throw new TokenRefusal('ERR_TOKEN_ALGORITHM');
  const [hash, options] = method;
  const { publicKey } = key;
  const how = options === undefined ? publicKey : { ...options, key: publicKey };
  const isGood = verifySignature(hash, Buffer.from(signed, 'latin1'), how, signature);
  if (!isGood) throw new TokenRefusal('ERR_TOKEN_SIGNATURE');
}

/** By their names here; whether the values fit the contract is decided where all claims are. */
function takeClaims(
  payload: TokenPart,
  { claims }: TokenSelector,
): { readonly [name: string]: unknown } {
  const taken = Object.entries<unknown>(claims);
  for (const entry of taken) {
    const theirs = String(entry[1]);
    const value = Object.hasOwn(payload, theirs) ? payload[theirs] : undefined;
    if (value === undefined || value === null) throw new TokenRefusal('ERR_TOKEN_CLAIM_MISSING');
    // OpenID Connect says that a subject is a string, and an empty one identifies nobody.
    if (theirs === 'sub' && (typeof value !== 'string' || value === '')) {
      throw new TokenRefusal('ERR_TOKEN_CLAIM_INVALID');
    }
    entry[1] = value;
  }
  return Object.fromEntries(taken);
}

function peek(value: unknown): UnverifiedToken | undefined {
  try {
    return readToken(value);
  } catch {
    return undefined;
  }
}

async function within<T>(timeoutMs: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(
      () => reject(new TokenRefusal('ERR_TOKEN_KEYS_UNAVAILABLE', 'timeout')),
      timeoutMs,
    );
  });
  try {
    return await Promise.race([work, deadline]);
  } finally {
    clearTimeout(timer);
  }
}

/** How far the issuer's clock may be ahead, in seconds. */
const CLOCK_TOLERANCE_SECONDS = 5;

/**
 * Checks when, for what use and for whom a token with a good signature was issued.
 *
 * @returns The age of the token in seconds.
 * @throws {TokenRefusal} With the code of the first check that fails.
 */
export function checkPayload(
  payload: TokenPart,
  { issuer, maxAgeSeconds }: TokenSelector,
  nowSeconds: number,
): number {
  const expiresAt = readTime(payload['exp']);
  const issuedAt = readTime(payload['iat']);
  const validFrom = payload['nbf'] === undefined ? issuedAt : readTime(payload['nbf']);
  if (nowSeconds >= expiresAt) throw new TokenRefusal('ERR_TOKEN_EXPIRED');
  if (Math.max(validFrom, issuedAt) > nowSeconds + CLOCK_TOLERANCE_SECONDS) {
    throw new TokenRefusal('ERR_TOKEN_NOT_YET_VALID');
  }
  const ageSeconds = nowSeconds - issuedAt;
  if (ageSeconds > maxAgeSeconds) throw new TokenRefusal('ERR_TOKEN_TOO_OLD');
  if (issuer.tokenUse !== undefined && payload['token_use'] !== issuer.tokenUse) {
    throw new TokenRefusal('ERR_TOKEN_USE');
  }
  checkAudience(payload, issuer);
  return Math.max(0, ageSeconds);
}

function checkAudience(payload: TokenPart, issuer: TokenSelector['issuer']): void {
  const { clientIds, audience, tokenUse } = issuer;
  const { aud, client_id, azp } = payload;
  const isForAudience = (list: readonly unknown[]) =>
    Array.isArray(aud) ? aud.some((name) => list.includes(name)) : list.includes(aud);
  // An ID token names its app client as the audience; access tokens in `client_id`, RFC 9068, or in `azp`.
  const isForClient = (list: readonly unknown[]) =>
    tokenUse === 'id' ? isForAudience(list) : list.includes(client_id ?? azp);
  const isAccepted =
    clientIds.length + audience.length > 0 &&
    (clientIds.length === 0 || isForClient(clientIds)) &&
    (audience.length === 0 || isForAudience(audience));
  if (!isAccepted) throw new TokenRefusal('ERR_TOKEN_AUDIENCE');
}

function readTime(value: unknown): number {
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  throw new TokenRefusal('ERR_TOKEN_MALFORMED');
}
