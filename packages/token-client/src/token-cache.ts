import { TokenClientError } from './errors.ts';
import type { EventHub } from './events.ts';
import type { IssuedToken } from './request-token.ts';
import type { IssuerClock } from './time.ts';
import type { Settings } from './token-client-options.ts';
import {
  describeKey,
  keyIdOf,
  readTokenKey,
  type TokenKey,
  type TokenRequest,
} from './token-request.ts';

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
  const renewAt = RENEW_AT + (time.random() * 2 - 1) * RENEW_JITTER;
  const entry = known ?? createEntry(readTokenKey(id, request), renewAt);
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

/** One token and what is going on about it. Moments are on the steady clock, in milliseconds. */
interface TokenEntry {
  readonly key: TokenKey;
  /** The part of a token's life after which it is renewed. */
  readonly renewAt: number;
  held: HeldToken | undefined;
  flight: Promise<AccessToken | undefined> | undefined;
  /** Failures in a row. */
  failures: number;
  /** When the next request may leave. */
  pausedUntilMs: number;
  refusal: { readonly error: TokenClientError; readonly untilMs: number } | undefined;
  /** A token that an API did not accept, until another one has arrived. */
  rejected: string | undefined;
  /** When an API last made this client ask for another token. */
  rejectedAtMs: number;
}

/** What a renewal asks for. */
export interface Renewal {
  readonly key: TokenKey;
  /** False: a token is there that serves, so another process may finish first. */
  readonly mayWait: boolean;
  /** True for a token of another process that is worth taking. */
  isWelcome(token: IssuedToken): boolean;
}

/** What entries share. */
interface EntryContext {
  readonly settings: Settings;
  readonly clock: IssuerClock;
  readonly events: EventHub;
  /** Gets a token from the store or from the endpoint; `undefined` if another process is about to. */
  readonly renew: (renewal: Renewal) => Promise<IssuedToken | undefined>;
}

/** Exponential backoff with full jitter, in milliseconds. */
const FIRST_BACKOFF_MS = 200;
const LAST_BACKOFF_MS = 20_000;

/** How long a renewal by another process is left alone before the next look, in milliseconds. */
const ELSEWHERE_MS = 1_000;

/** Creates an entry without a token. */
function createEntry(key: TokenKey, renewAt: number): TokenEntry {
  return {
    key,
    renewAt,
    held: undefined,
    flight: undefined,
    failures: 0,
    pausedUntilMs: 0,
    refusal: undefined,
    rejected: undefined,
    rejectedAtMs: Number.NEGATIVE_INFINITY,
  };
}

/** True if the entry has a token for a caller who would rather not wait. */
function hasToken(entry: TokenEntry, nowMs: number): boolean {
  const { held, failures, refusal, rejected } = entry;
  if (!isServable(held, nowMs) || held.answer.accessToken === rejected) return false;
  // Too old, but no newer one can be had at the moment.
  return nowMs < held.staleMs || (failures > 0 && refusal === undefined);
}

/**
 * Starts to renew an entry, or joins the request that is on its way.
 *
 * @returns `undefined` if another process is about to renew it.
 */
function renewEntry(context: EntryContext, entry: TokenEntry): Promise<AccessToken | undefined> {
  const { refusal } = entry;
  if (refusal !== undefined && context.settings.time.monotonic() < refusal.untilMs) {
    return Promise.reject(refusal.error);
  }
  entry.flight ??= requestFor(context, entry).finally(() => {
    entry.flight = undefined;
  });
  return entry.flight;
}

/** Renews an entry while its token serves; failures are noted, and show when the token has ended. */
function renewInBackground(context: EntryContext, entry: TokenEntry): void {
  if (entry.flight !== undefined) return;
  if (context.settings.time.monotonic() < entry.pausedUntilMs) return;
  renewEntry(context, entry).catch(() => undefined);
}

async function requestFor(context: EntryContext, entry: TokenEntry) {
  const { settings, clock, renew } = context;
  const mayWait = !isFresh(entry.held, clock.now()) || entry.rejected !== undefined;
  const isWelcome = (token: IssuedToken) => {
    const held = toHeldToken(token, entry.renewAt, settings);
    const isYoung = clock.now() < held.renewMs && isServable(held, clock.now());
    return isYoung && token.accessToken !== entry.rejected;
  };
  try {
    const token = await renew({ key: entry.key, mayWait, isWelcome });
    if (token === undefined) {
      const { random, monotonic } = settings.time;
      entry.pausedUntilMs = monotonic() + ELSEWHERE_MS * (0.5 + random());
      return undefined;
    }
    const held = toHeldToken(token, entry.renewAt, settings);
    if (!isServable(held, clock.now())) throw expiredOnArrival();
    Object.assign(entry, { held, failures: 0, pausedUntilMs: 0, refusal: undefined });
    if (token.accessToken !== entry.rejected) entry.rejected = undefined;
    return held.answer;
  } catch (error) {
    if (error instanceof TokenClientError) noteFailure(context, entry, error);
    throw error;
  }
}

function noteFailure(
  { settings, events }: EntryContext,
  entry: TokenEntry,
  error: TokenClientError,
): void {
  const { code, retryable: isRetryable, details } = error;
  const { triggerCode, retryAfterSeconds = 0 } = details;
  const nowMs = settings.time.monotonic();
  if (isRetryable) {
    const backoffMs = Math.min(LAST_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** entry.failures);
    entry.pausedUntilMs = nowMs + retryAfterSeconds * 1_000 + settings.time.random() * backoffMs;
  } else {
    entry.refusal = { error, untilMs: nowMs + settings.refusalHoldMs };
  }
  entry.failures++;
  events.counts.failed++;
  events.emit('failed', { ...describeKey(entry.key), code, triggerCode, isRetryable });
}

/** A token that a service can send. */
export interface AccessToken {
  /** For the `Authorization` header, after `Bearer `. */
  readonly accessToken: string;
  /** When the issuer says that it expires. */
  readonly expiresAt: Date;
}

/** A token in memory, with the times on the issuer's clock, in milliseconds since 1970. */
interface HeldToken {
  readonly answer: AccessToken;
  /** From here on it is renewed in the background. */
  readonly renewMs: number;
  /** From here on it is older than `maxAgeSeconds`. */
  readonly staleMs: number;
  /** From here on it is not served. */
  readonly endMs: number;
}

/** The part of its life after which a token is renewed, and how far chance moves that to both sides. */
const RENEW_AT = 0.75;
const RENEW_JITTER = 0.05;

/** Decides how long a token is served. */
function toHeldToken(
  { accessToken, issuedMs, expiresMs }: IssuedToken,
  renewAt: number,
  { maxAgeMs, clockMarginMs }: Pick<Settings, 'maxAgeMs' | 'clockMarginMs'>,
): HeldToken {
  return {
    answer: Object.freeze({ accessToken, expiresAt: new Date(expiresMs) }),
    renewMs: issuedMs + Math.min(expiresMs - issuedMs, maxAgeMs) * renewAt,
    staleMs: issuedMs + maxAgeMs,
    endMs: expiresMs - clockMarginMs,
  };
}

/** True for a token that is valid for long enough to reach the API. */
function isServable(held: HeldToken | undefined, nowMs: number): held is HeldToken {
  return held !== undefined && nowMs < held.endMs;
}

/** True for a token that is also younger than `maxAgeSeconds`. */
function isFresh(held: HeldToken | undefined, nowMs: number): held is HeldToken {
  return isServable(held, nowMs) && nowMs < held.staleMs;
}

/** Makes the error of a token that cannot be served: the process was frozen, or the token lives shorter than the margin. */
function expiredOnArrival(): TokenClientError {
  return new TokenClientError('ERR_TOKEN_UNAVAILABLE', 'The token had expired when it arrived.', {
    details: { reason: 'EXPIRED' },
  });
}
