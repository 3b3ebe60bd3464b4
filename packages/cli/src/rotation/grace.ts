import type { CommandContext } from '../frame/command.ts';
import { CliError } from '../frame/errors.ts';
import { parseDuration } from '../frame/input/times.ts';
import { toIsoTime } from '../frame/time.ts';

/** A day: services that read their secret at the start of a nightly run have had one by then. */
const DEFAULT_GRACE = '24h';

/** How long the replaced secret stays good. */
export interface Grace {
  readonly graceSeconds: number;
  /** True to leave the grace period out. */
  readonly isGraceSkipped: boolean;
}

/** Looks again in a minute: readers come one after the other. */
export async function waitForReaders(
  { clock, wait }: CommandContext,
  until: number,
): Promise<void> {
  await wait(Math.min(INTERVAL_MS, Math.max(0, until * 1000 - clock())));
}

/** Reads `--grace-period` and `--retire-now`. @throws {CliError} `ERR_ARGUMENT_INVALID`, for both at once too. */
export function readGrace(period: string | undefined, isGraceSkipped: boolean): Grace {
  if (period !== undefined && isGraceSkipped) {
    const message = '--retire-now leaves the grace period out; got --grace-period as well.';
    throw new CliError('ERR_ARGUMENT_INVALID', message);
  }
  return { graceSeconds: parseDuration(period ?? DEFAULT_GRACE, '--grace-period'), isGraceSkipped };
}

/** A clock that jumps, or a machine that slept, is noticed within this. Milliseconds. */
const INTERVAL_MS = 60_000;

/** Waits until a moment, in epoch seconds, and shows how many minutes are left. */
export async function waitForGrace(
  { clock, wait, output }: CommandContext,
  until: number,
): Promise<void> {
  output.note(`The old secret stays good until ${toIsoTime(until)}.`);
  const progress = output.startProgress('Minutes left of the grace period');
  for (let leftMs = until * 1000 - clock(); leftMs > 0; leftMs = until * 1000 - clock()) {
    progress.update(Math.ceil(leftMs / INTERVAL_MS));
    await wait(Math.min(leftMs, INTERVAL_MS));
  }
  progress.end();
}
