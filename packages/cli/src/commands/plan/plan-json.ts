import type { PlannedPool } from '../../plan/planned-client.ts';

/** The answer of `m2m plan --json`. */
export interface PlanJson {
  readonly environment: string;
  readonly target: string;
  /** True if a deploy would change nothing; then the exit code is 0, else 2. */
  readonly isSame: boolean;
  readonly counts: {
    readonly added: number;
    readonly changed: number;
    readonly removed: number;
    readonly unchanged: number;
  };
  readonly pools: readonly PlannedPool[];
}
