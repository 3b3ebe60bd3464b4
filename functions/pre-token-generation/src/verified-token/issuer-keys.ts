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

interface KnownKeys {
  readonly keys: readonly SigningKey[];
  readonly readAt: Moment;
}

interface Failure {
  readonly reason: string;
  /** `undefined` for one that does not answer for the issuer. */
  readonly at: Moment | undefined;
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
  const { fetchJson, clock, maxStaleMs } = edges;
  let known: KnownKeys | undefined;
  let failure: Failure | undefined;
  let reading: Promise<void> | undefined;
  let askedForUnknownAt: Moment | undefined;

  const isYoung = (moment: Moment | undefined, ms: number) =>
    moment !== undefined && ageMs(clock, moment) < ms;

  async function readKeys(): Promise<void> {
    const at = takeMoment(clock);
    try {
      const url = await findKeysUrl(issuer, fetchJson);
      known = { keys: readKeySet(await fetchJson(url)), readAt: at };
      failure = undefined;
    } catch (error) {
      if (!(error instanceof DocumentError)) throw error;
      failure = { reason: error.message, at: takeMoment(clock) };
    }
  }

  /** Joins the reading that is under way, or begins one unless the issuer has just failed. */
  function refresh(): Promise<void> {
    if (reading === undefined && isYoung(failure?.at, FAILURE_HOLD_MS)) return Promise.resolve();
    reading ??= readKeys().finally(() => {
      reading = undefined;
    });
    return reading;
  }

  function servingKeys(): readonly SigningKey[] | undefined {
    return known !== undefined && isYoung(known.readAt, maxStaleMs) ? known.keys : undefined;
  }

  function isFresh(): boolean {
    return isYoung(known?.readAt, Math.min(FRESH_MS, maxStaleMs));
  }

  function findReady(keyId: string): readonly SigningKey[] {
    // Not awaited: the keys at hand serve as long as they may.
    if (!isFresh()) refresh().catch(() => {});
    return withId(servingKeys(), keyId);
  }

  return {
    isFresh,
    findReady,
    async find(keyId) {
      const ready = findReady(keyId);
      if (ready.length > 0) return ready;
      if (reading === undefined && servingKeys() !== undefined) {
        if (isYoung(askedForUnknownAt, UNKNOWN_KEY_INTERVAL_MS)) {
          throw new TokenRefusal('ERR_TOKEN_KEY_UNKNOWN');
        }
        askedForUnknownAt = takeMoment(clock);
      }
      await refresh();
      // Keys that were read a moment ago serve, however short the time for which they may be kept.
      const found = withId(failure === undefined ? known?.keys : servingKeys(), keyId);
      if (found.length > 0) return found;
      throw failure === undefined
        ? new TokenRefusal('ERR_TOKEN_KEY_UNKNOWN')
        : new TokenRefusal('ERR_TOKEN_KEYS_UNAVAILABLE', failure.reason);
    },
    async prefetch() {
      if (isFresh()) return;
      await refresh();
      // The first token asks again, however soon it comes.
      failure &&= { ...failure, at: undefined };
    },
  };
}

function withId(keys: readonly SigningKey[] | undefined, keyId: string): readonly SigningKey[] {
  return keys?.filter((key) => key.keyId === keyId) ?? [];
}
