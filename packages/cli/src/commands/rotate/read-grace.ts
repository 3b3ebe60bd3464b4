import { CliError } from '../../errors.ts';
import { parseDuration } from '../../input/duration.ts';

/** A day: services that read their secret at the start of a nightly run have had one by then. */
const DEFAULT_GRACE = '24h';

/** How long the replaced secret stays good. */
export interface Grace {
  readonly graceSeconds: number;
  /** True to leave the grace period out. */
  readonly isGraceSkipped: boolean;
}

/** Reads `--grace-period` and `--retire-now`. @throws {CliError} `ERR_ARGUMENT_INVALID`, for both at once too. */
export function readGrace(period: string | undefined, isGraceSkipped: boolean): Grace {
  if (period !== undefined && isGraceSkipped) {
    const message = '--retire-now leaves the grace period out; got --grace-period as well.';
    throw new CliError('ERR_ARGUMENT_INVALID', message);
  }
  return { graceSeconds: parseDuration(period ?? DEFAULT_GRACE, '--grace-period'), isGraceSkipped };
}
