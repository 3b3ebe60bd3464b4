import { TokenClientError } from './errors.ts';
import type { Settings } from './token-client-options.ts';
import {
  type AccessToken,
  createEntry,
  type EntryContext,
  hasToken,
  isServable,
  pickRenewAt,
  renewEntry,
  renewInBackground,
  type TokenEntry,
} from './token-entry.ts';
import { describeKey, keyIdOf, readTokenKey, type TokenRequest } from './token-request.ts';

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

/**
 * Waits for a token on behalf of one caller: retries what may pass until the caller's deadline, and never a refusal.
 *
 * Requests and pauses belong to the entry: however many callers wait, one request is on its way.
 *
 * @throws {TokenClientError} The last failure, or `ERR_TOKEN_TIMEOUT`; the reason of the caller's signal.
 */
async function waitForToken(
  context: EntryContext,
  entry: TokenEntry,
  request: TokenRequest,
): Promise<AccessToken> {
  const { settings, clock } = context;
  const { monotonic } = settings.time;
  const { signal, timeoutMs = settings.timeoutMs } = request;
  const deadlineMs = monotonic() + timeoutMs;
  let last: unknown;
  for (let attempt = 1; attempt <= settings.maxAttempts; ) {
    if (!(await waitForTurn(context, entry, { deadlineMs, signal }))) break;
    if (entry.held !== undefined && hasToken(entry, clock.now())) return entry.held.answer;
    try {
      const flight = renewEntry(context, entry);
      const answer = await settle(context, flight, { deadlineMs, signal });
      if (answer === 'late') break;
      if (answer !== undefined) return answer;
    } catch (error) {
      if (!(error instanceof TokenClientError) || !error.retryable) throw error;
      last = error;
      attempt++;
    }
  }
  // Older than `maxAgeSeconds`, and the best that can be had.
  if (isServable(entry.held, clock.now())) return entry.held.answer;
  throw last ?? new TokenClientError('ERR_TOKEN_TIMEOUT', `The caller waited ${timeoutMs} ms.`);
}

/** When one caller stops waiting. */
interface Patience {
  readonly deadlineMs: number;
  readonly signal: AbortSignal | undefined;
}

/** @returns False if the pause after a failure lasts longer than the caller waits. */
async function waitForTurn(
  { settings }: EntryContext,
  entry: TokenEntry,
  { deadlineMs, signal }: Patience,
): Promise<boolean> {
  const { monotonic, sleep } = settings.time;
  if (entry.flight !== undefined) return true;
  if (entry.pausedUntilMs >= deadlineMs) return false;
  const pauseMs = entry.pausedUntilMs - monotonic();
  if (pauseMs > 0) await sleep(pauseMs, signal);
  return true;
}

async function settle<T>(
  { settings }: EntryContext,
  flight: Promise<T>,
  { deadlineMs, signal }: Patience,
): Promise<T | 'late'> {
  const { monotonic, sleep } = settings.time;
  const ended = new AbortController();
  const onAbort = () => ended.abort(signal?.reason);
  signal?.addEventListener('abort', onAbort, { once: true });
  const late = sleep(deadlineMs - monotonic(), ended.signal).then(() => 'late' as const);
  try {
    return await Promise.race([flight, late]);
  } finally {
    signal?.removeEventListener('abort', onAbort);
    late.catch(() => undefined);
    ended.abort();
  }
}
