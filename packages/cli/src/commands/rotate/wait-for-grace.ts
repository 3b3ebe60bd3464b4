import type { CommandContext } from '../../command.ts';
import { toIsoTime } from '../../tokens/time.ts';

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
