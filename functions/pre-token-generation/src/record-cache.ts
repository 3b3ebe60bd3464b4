import { StoreError } from '@cognito-m2m/claims-store/errors';
import { ageMs, type Clock, type Moment, takeMoment } from './clock.ts';

/** What one look-up gave. */
export interface CachedRead<T> {
  readonly value: T;
  /** `hit`: no read; `miss`: read just now; `stale`: the read failed and an older answer serves. */
  readonly cache: 'hit' | 'miss' | 'stale';
  /** The moment before the read that brought the value: its age counts from here. */
  readonly readAt: Moment;
  /** Milliseconds that the read took, if there was one. */
  readonly storeMs?: number | undefined;
  /** Why a stale answer serves. */
  readonly storeError?: StoreError | undefined;
}

/** Keeps answers of the claims table in the memory of one warm container. */
export interface RecordCache<T> {
  /**
   * Looks an answer up, or reads it.
   *
   * An empty answer is an answer and is kept; an error never is. A record that can't be read is an answer too: it ends the
   * service of the older one.
   *
   * @param read - Receives whether an older answer is at hand, should it fail.
   * @throws {StoreError} If the read fails and no answer is young enough to serve instead.
   */
  get(key: string, read: (hasOlder: boolean) => Promise<T>): Promise<CachedRead<T>>;
}

type Entry<T> = Pick<CachedRead<T>, 'value' | 'readAt'>;

/**
 * Creates a cache that reads through, serves stale answers while reads fail, and forgets the longest unread key first.
 *
 * @param options.freshMs - How long an answer serves without another read, in milliseconds.
 * @param options.maxStaleMs - How old an answer may be when the read fails, in milliseconds.
 * @param options.maxEntries - Most answers kept: callers choose the keys, so that memory must be bounded.
 */
export function createRecordCache<T>(options: {
  readonly clock: Clock;
  readonly freshMs: (value: T) => number;
  readonly maxStaleMs: number;
  readonly maxEntries: number;
}): RecordCache<T> {
  const { clock, freshMs, maxStaleMs, maxEntries } = options;
  const entries = new Map<string, Entry<T>>();

  /** True if a read that began later has been kept already: several events may be under way in one process. */
  function isOutdated(key: string, readAt: Moment): boolean {
    return (entries.get(key)?.readAt.steadyMs ?? Number.NEGATIVE_INFINITY) > readAt.steadyMs;
  }

  function keep(key: string, entry: Entry<T>): void {
    if (isOutdated(key, entry.readAt)) return;
    // Deleted first, because a map keeps the place of a key that is set again.
    entries.delete(key);
    entries.set(key, entry);
    const [oldest] = entries.size > maxEntries ? entries.keys() : [];
    if (oldest !== undefined) entries.delete(oldest);
  }

  function canServe(entry: Entry<T> | undefined): entry is Entry<T> {
    return entry !== undefined && ageMs(clock, entry.readAt) < maxStaleMs;
  }

  return {
    async get(key, read) {
      const entry = entries.get(key);
      if (entry !== undefined && ageMs(clock, entry.readAt) < freshMs(entry.value)) {
        return { ...entry, cache: 'hit' };
      }
      const readAt = takeMoment(clock);
      const elapsedMs = () => clock.steadyMs() - readAt.steadyMs;
      try {
        const value = await read(canServe(entry));
        keep(key, { value, readAt });
        return { value, readAt, cache: 'miss', storeMs: elapsedMs() };
      } catch (error) {
        if (isInvalidRecord(error) && !isOutdated(key, readAt)) entries.delete(key);
        // Asked again: while the read failed, the older answer grew older.
        if (!canServe(entry) || !isOfTheMoment(error)) throw error;
        return { ...entry, cache: 'stale', storeMs: elapsedMs(), storeError: error };
      }
    },
  };
}

function isInvalidRecord(error: unknown): boolean {
  return error instanceof StoreError && error.code === 'ERR_STORE_ITEM_INVALID';
}

/** True if the table did not answer. */
function isOfTheMoment(error: unknown): error is StoreError {
  return error instanceof StoreError && !isInvalidRecord(error);
}
