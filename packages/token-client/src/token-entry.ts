import { TokenClientError } from './errors.ts';
import type { EventHub } from './events.ts';
import type { IssuedToken } from './request-token.ts';
import type { IssuerClock } from './time.ts';
import type { Settings } from './token-client-options.ts';
import { describeKey, type TokenKey } from './token-request.ts';

/** One token and what is going on about it. Moments are on the steady clock, in milliseconds. */
export interface TokenEntry {
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
export interface EntryContext {
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
export function createEntry(key: TokenKey, renewAt: number): TokenEntry {
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
export function hasToken(entry: TokenEntry, nowMs: number): boolean {
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
export function renewEntry(
  context: EntryContext,
  entry: TokenEntry,
): Promise<AccessToken | undefined> {
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
export function renewInBackground(context: EntryContext, entry: TokenEntry): void {
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

/** Picks the part of a token's life after which this process renews it. */
export function pickRenewAt(random: () => number): number {
  return RENEW_AT + (random() * 2 - 1) * RENEW_JITTER;
}

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
export function isServable(held: HeldToken | undefined, nowMs: number): held is HeldToken {
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
