/** Clocks and chance, passed in so that tests can simulate hours. */
export interface TimeSource {
  /** Milliseconds since 1970, as `Date.now()`. */
  readonly now: () => number;
  /** Milliseconds since any moment; never goes back. */
  readonly monotonic: () => number;
  /** Resolves after a time. @throws the reason of the signal, when it is aborted */
  readonly sleep: (milliseconds: number, signal: AbortSignal | undefined) => Promise<void>;
  /** A number from 0 to 1, as `Math.random()`. */
  readonly random: () => number;
}

/** The clocks of this process. */
export const systemTime: TimeSource = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  sleep,
  random: () => Math.random(),
};

function sleep(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const onAbort = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', onAbort);
      resolve();
    }, milliseconds);
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}

/** A moment on both clocks of this process. */
interface Moment {
  readonly wallMs: number;
  readonly steadyMs: number;
}

/** The issuer's time, which decides when a token expires, whatever the clock of this machine says. */
export interface IssuerClock {
  /** The latest time that it can be at the issuer, in milliseconds since 1970. */
  now(): number;
  moment(): Moment;
  /**
   * Learns the issuer's time from a response.
   *
   * @param sent - When the request left: the response was written later than that.
   */
  learn(issuerMs: number, sent: Moment): void;
  isMeasured(): boolean;
}

/** HTTP dates and token times are whole seconds, rounded down. */
const RESOLUTION_MS = 1_000;

/**
 * Creates a clock that shows the issuer's time.
 *
 * A frozen container may stop the monotonic clock, and a corrected wall clock may jump back: whichever of the two has
 * advanced further counts.
 */
export function createIssuerClock({ now, monotonic }: TimeSource): IssuerClock {
  let anchor: (Moment & { readonly issuerMs: number }) | undefined;
  return {
    now() {
      const wallMs = now();
      if (anchor === undefined) return wallMs;
      return anchor.issuerMs + Math.max(wallMs - anchor.wallMs, monotonic() - anchor.steadyMs);
    },
    moment: () => ({ wallMs: now(), steadyMs: monotonic() }),
    learn(issuerMs, sent) {
      anchor = { issuerMs: issuerMs + RESOLUTION_MS, ...sent };
    },
    isMeasured: () => anchor !== undefined,
  };
}
