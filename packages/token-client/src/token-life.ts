import { TokenClientError } from './errors.ts';
import type { IssuedToken } from './request-token.ts';
import type { Settings } from './token-client-options.ts';

/** A token that a service can send. */
export interface AccessToken {
  /** For the `Authorization` header, after `Bearer `. */
  readonly accessToken: string;
  /** When the issuer says that it expires. */
  readonly expiresAt: Date;
}

/** A token in memory, with the times on the issuer's clock, in milliseconds since 1970. */
export interface HeldToken {
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
export function toHeldToken(
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
export function isFresh(held: HeldToken | undefined, nowMs: number): held is HeldToken {
  return isServable(held, nowMs) && nowMs < held.staleMs;
}

/** Makes the error of a token that cannot be served: the process was frozen, or the token lives shorter than the margin. */
export function expiredOnArrival(): TokenClientError {
  return new TokenClientError('ERR_TOKEN_UNAVAILABLE', 'The token had expired when it arrived.', {
    details: { reason: 'EXPIRED' },
  });
}
