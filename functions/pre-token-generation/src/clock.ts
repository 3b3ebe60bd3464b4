/** Both of a machine's clocks, in milliseconds. */
export interface Clock {
  /** Milliseconds since the epoch; may jump. */
  wallMs(): number;
  /** Milliseconds since any fixed moment; never goes back, but may stand still while Lambda freezes the container. */
  steadyMs(): number;
}

/** The clocks of this machine. */
export const systemClock: Clock = {
  wallMs: () => Date.now(),
  steadyMs: () => performance.now(),
};

/** One moment on both clocks. */
export interface Moment {
  readonly wallMs: number;
  readonly steadyMs: number;
}

/** The present moment. */
export function takeMoment(clock: Clock): Moment {
  return { wallMs: clock.wallMs(), steadyMs: clock.steadyMs() };
}

/**
 * How long ago a moment was, in milliseconds, by whichever clock says longer.
 *
 * With only the wall clock, a record would be kept forever once that clock is set back; with only the steady clock, a freeze would go unnoticed.
 */
export function ageMs(clock: Clock, { wallMs, steadyMs }: Moment): number {
  return Math.max(clock.wallMs() - wallMs, clock.steadyMs() - steadyMs);
}
