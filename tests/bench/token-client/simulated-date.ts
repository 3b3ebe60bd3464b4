/** How far the clock of this process is ahead, in milliseconds. */
let aheadMs = 0;

const RealDate = globalThis.Date;

/** A clock that stands still between two moves. */
class SimulatedDate extends RealDate {
  static readonly #startMs = RealDate.now();

  static override now(): number {
    return SimulatedDate.#startMs + aheadMs;
  }

  constructor(...args: [] | [number | string | Date]) {
    super(args.length === 0 ? SimulatedDate.now() : args[0]);
  }
}

/** Replaces the clock of this process: libraries that cannot be given one read it. */
export function installSimulatedDate(): void {
  globalThis.Date = SimulatedDate as DateConstructor;
}

/** Moves the clock on. */
export function advanceDate(seconds: number): void {
  aheadMs += seconds * 1_000;
}

/** How far the clock was moved, in milliseconds. */
export function simulatedMs(): number {
  return aheadMs;
}
