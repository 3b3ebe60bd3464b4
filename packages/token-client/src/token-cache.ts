import type { Settings } from './token-client-options.ts';
import {
  createEntry,
  type EntryContext,
  hasToken,
  renewInBackground,
  type TokenEntry,
} from './token-entry.ts';
import { type AccessToken, pickRenewAt } from './token-life.ts';
import { describeKey, keyIdOf, readTokenKey, type TokenRequest } from './token-request.ts';
import { waitForToken } from './wait-for-token.ts';

/** Tokens in memory. */
export interface TokenCache {
  get(request: TokenRequest): Promise<AccessToken>;
  /**
   * Takes note that an API did not accept a token.
   *
   * @returns False if another token would not help: the last one was replaced for the same reason a moment ago.
   */
  reject(request: TokenRequest, accessToken: string): boolean;
  size(): number;
  /** Forgets all tokens: they belong to another app client. */
  dropTokens(): void;
}

/** An API that accepts no token at all must not cost one for each call: at most one in this time, in milliseconds. */
const REJECTION_HOLD_MS = 60_000;

/** Creates the cache. */
export function createTokenCache(context: EntryContext): TokenCache {
  const { settings, clock } = context;
  const entries = new Map<string, TokenEntry>();
  return {
    async get(request) {
      if (request.signal?.aborted) throw request.signal.reason;
      const entry = findEntry(entries, settings, request);
      const nowMs = clock.now();
      const { held } = entry;
      if (held === undefined || !hasToken(entry, nowMs)) {
        return serve(context, entry, await waitForToken(context, entry, request));
      }
      if (nowMs >= held.renewMs) renewInBackground(context, entry);
      context.events.counts.hits++;
      return serve(context, entry, held.answer);
    },
    reject(request, accessToken) {
      const entry = findEntry(entries, settings, request);
      const nowMs = settings.time.monotonic();
      // Another caller has already replaced it.
      if (entry.held?.answer.accessToken !== accessToken) return true;
      if (nowMs - entry.rejectedAtMs < REJECTION_HOLD_MS) return entry.rejected !== undefined;
      Object.assign(entry, { rejected: accessToken, rejectedAtMs: nowMs });
      return true;
    },
    size: () => entries.size,
    dropTokens() {
      for (const entry of entries.values()) entry.held = undefined;
    },
  };
}

function findEntry(
  entries: Map<string, TokenEntry>,
  { maxTokens, time }: Settings,
  request: TokenRequest,
): TokenEntry {
  const id = keyIdOf(request);
  const known = entries.get(id);
  // The order matters only when the map is about to be full.
  if (known !== undefined && entries.size * 2 <= maxTokens) return known;
  const entry = known ?? createEntry(readTokenKey(id, request), pickRenewAt(time.random));
  // The last one in the map is the one that was used last.
  entries.delete(id);
  entries.set(id, entry);
  if (entries.size > maxTokens) entries.delete(entries.keys().next().value ?? '');
  return entry;
}

function serve({ events }: EntryContext, { key }: TokenEntry, answer: AccessToken): AccessToken {
  events.counts.served++;
  if (events.has('served')) events.emit('served', describeKey(key));
  return answer;
}
