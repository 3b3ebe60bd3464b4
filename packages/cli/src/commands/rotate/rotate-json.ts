import type { RotationPhase } from '../../rotation/find-standing.ts';
import type { StepKind } from '../../rotation/rotation-step.ts';

/** One secret, as `m2m rotate --json` shows it: never its value. */
export interface SecretJson {
  readonly id: string;
  readonly createdAt: string;
}

/** The answer of `m2m rotate --json`. */
export interface RotateJson {
  readonly environment: string;
  readonly target: string;
  readonly pool: string;
  readonly client: string;
  readonly clientId: string;
  /** Where the rotation stands now; `idle` if none is under way, then the exit code is 0. */
  readonly phase: RotationPhase;
  /** The steps that this run took. */
  readonly steps: readonly StepKind[];
  /** The secret that is being replaced; the only one if none is. */
  readonly oldSecret?: SecretJson;
  readonly newSecret?: SecretJson;
  /** When the old secret may be deleted. */
  readonly graceEndsAt?: string;
  /** The command that goes on; absent if there is nothing to go on with. */
  readonly next?: string;
}
