import type { PlannedPool } from '../../plan/planned-client.ts';

/** The answer of `m2m plan --json`. */
export interface PlanJson {
  readonly environment: string;
  readonly target: string;
  /** True if the file says what is deployed; then the exit code is 0, else 2. */
  readonly isSame: boolean;
  readonly counts: {
    readonly added: number;
    readonly changed: number;
    readonly removed: number;
    readonly unchanged: number;
  };
  readonly pools: readonly PlannedPool[];
  /** Pools that are deployed and no longer in the file; looked for if no pool is named. */
  readonly removedPools: readonly string[];
  /** What could not be looked at, and why. */
  readonly notChecked: readonly string[];
}
