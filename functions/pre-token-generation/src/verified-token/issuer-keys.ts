import type { TokenIssuer } from '@cognito-m2m/claim-schema';
import { ageMs, type Clock, type Moment, takeMoment } from '../clock.ts';
import { DocumentError, type FetchJson } from './fetch-json.ts';
import { findKeysUrl, readKeySet, type SigningKey } from './key-set.ts';
import { TokenRefusal } from './token-refusal.ts';

/** How long keys serve before they are read again, in milliseconds. */
const FRESH_MS = 300_000;

/** How often a `kid` that is not known may cause another reading, in milliseconds: callers choose the `kid`. */
const UNKNOWN_KEY_INTERVAL_MS = 10_000;

/** How long a failure answers for the issuer, in milliseconds. */
const FAILURE_HOLD_MS = 1000;

/** The keys of one issuer. */
export interface IssuerKeys {
  /**
   * Finds the keys that a token can be signed with.
   *
   * Waits for the issuer only if no key that is young enough has this id. Keys that should be read again serve meanwhile.
   *
   * @throws {TokenRefusal} `ERR_TOKEN_KEY_UNKNOWN` or `ERR_TOKEN_KEYS_UNAVAILABLE`.
   */
  find(keyId: string): Promise<readonly SigningKey[]>;
  /** The keys with this id that are at hand, at once; none if `find` would wait for the issuer. */
  findReady(keyId: string): readonly SigningKey[];
  /** True while the keys need not be read again. */
  isFresh(): boolean;
  /** Reads the keys unless they are fresh; never fails. */
  prefetch(): Promise<void>;
}

/** What the store of one issuer knows. */
interface KeyStore {
  readonly issuer: Pick<TokenIssuer, 'issuer' | 'jwksUri'>;
  readonly fetchJson: FetchJson;
  readonly clock: Clock;
  readonly maxStaleMs: number;
  known: { readonly keys: readonly SigningKey[]; readonly readAt: Moment } | undefined;
  /** Without a time, it does not answer for the issuer. */
  failure: { readonly reason: string; readonly at: Moment | undefined } | undefined;
  reading: Promise<void> | undefined;
  askedForUnknownAt: Moment | undefined;
}

/**
 * Creates the store of one issuer's keys: one reading at a time.
 *
 * @param edges.maxStaleMs - How old keys may be while the issuer cannot be read, in milliseconds.
 */
export function createIssuerKeys(
  issuer: Pick<TokenIssuer, 'issuer' | 'jwksUri'>,
  edges: { readonly fetchJson: FetchJson; readonly clock: Clock; readonly maxStaleMs: number },
): IssuerKeys {
  const store: KeyStore = {
    issuer,
    ...edges,
    known: undefined,
    failure: undefined,
    reading: undefined,
    askedForUnknownAt: undefined,
  };
  return {
    isFresh: () => isFresh(store),
    findReady: (keyId) => findReady(store, keyId),
    find: (keyId) => find(store, keyId),
    async prefetch() {
      if (isFresh(store)) return;
      await refresh(store);
      // The first token asks again, however soon it comes.
      store.failure &&= { ...store.failure, at: undefined };
    },
  };
}

function findReady(store: KeyStore, keyId: string): readonly SigningKey[] {
  // Fresh keys serve: they are younger than keys may be.
  if (isFresh(store)) return withId(store.known?.keys, keyId);
  // Not awaited: the keys at hand serve as long as they may.
  refresh(store).catch(() => {});
  return withId(servingKeys(store), keyId);
}

async function find(store: KeyStore, keyId: string): Promise<readonly SigningKey[]> {
  const ready = findReady(store, keyId);
  if (ready.length > 0) return ready;
  if (store.reading === undefined && servingKeys(store) !== undefined) {
    if (isYoung(store, store.askedForUnknownAt, UNKNOWN_KEY_INTERVAL_MS)) {
      throw new TokenRefusal('ERR_TOKEN_KEY_UNKNOWN');
    }
    store.askedForUnknownAt = takeMoment(store.clock);
  }
  await refresh(store);
  const { failure, known } = store;
  // Keys that were read a moment ago serve, however short the time for which they may be kept.
  const found = withId(failure === undefined ? known?.keys : servingKeys(store), keyId);
  if (found.length > 0) return found;
  throw failure === undefined
    ? new TokenRefusal('ERR_TOKEN_KEY_UNKNOWN')
    : new TokenRefusal('ERR_TOKEN_KEYS_UNAVAILABLE', failure.reason);
}

/** Joins the reading that is under way, or begins one unless the issuer has just failed. */
function refresh(store: KeyStore): Promise<void> {
  const hasFailed = isYoung(store, store.failure?.at, FAILURE_HOLD_MS);
  if (store.reading === undefined && hasFailed) return Promise.resolve();
  store.reading ??= readKeys(store).finally(() => {
    store.reading = undefined;
  });
  return store.reading;
}

async function readKeys(store: KeyStore): Promise<void> {
  const { issuer, fetchJson, clock } = store;
  const readAt = takeMoment(clock);
  try {
    const url = await findKeysUrl(issuer, fetchJson);
    store.known = { keys: readKeySet(await fetchJson(url)), readAt };
    store.failure = undefined;
  } catch (error) {
    if (!(error instanceof DocumentError)) throw error;
    store.failure = { reason: error.message, at: takeMoment(clock) };
  }
}

function servingKeys(store: KeyStore): readonly SigningKey[] | undefined {
  return isYoung(store, store.known?.readAt, store.maxStaleMs) ? store.known?.keys : undefined;
}

function isFresh(store: KeyStore): boolean {
  return isYoung(store, store.known?.readAt, Math.min(FRESH_MS, store.maxStaleMs));
}

function isYoung({ clock }: KeyStore, moment: Moment | undefined, ms: number): boolean {
  return moment !== undefined && ageMs(clock, moment) < ms;
}

function withId(keys: readonly SigningKey[] | undefined, keyId: string): readonly SigningKey[] {
  return keys?.filter((key) => key.keyId === keyId) ?? [];
}
