import type { Finding } from '../../doctor/finding.ts';

/** One finding, as `m2m doctor --json` shows it. */
export interface FindingJson extends Omit<Finding, 'repair'> {
  /** True if `--fix` repairs it. */
  readonly isFixable: boolean;
}

/**
 * How `--fix` ended: not given; without AWS to repair in; with nothing that it repairs; with an answer of no; done.
 */
type FixEnding = 'not-asked' | 'not-available' | 'nothing' | 'refused' | 'done';

/** The answer of `m2m doctor --json`. */
export interface DoctorJson {
  readonly environment: string;
  readonly target: string;
  /** What is wrong now; after `--fix`, what is left. */
  readonly findings: readonly FindingJson[];
  /** What could not be looked at, and why. */
  readonly notChecked: readonly string[];
  /** Those of them that this caller may not look at: with one, the exit code is 2. */
  readonly notAllowed: readonly string[];
  readonly fix: FixEnding;
  /** What `--fix` changed, a line for each setting. */
  readonly repaired: readonly string[];
}
