import type { Standing } from './find-standing.ts';
import type { RotationStep } from './rotation-step.ts';

/** What an operator allows. */
export interface RotationLimits {
  /** Epoch seconds. */
  readonly now: number;
  /** True to retire the old secret without a grace period. */
  readonly isGraceSkipped: boolean;
  /** A secret younger than this is not rotated, in seconds. @default 0 */
  readonly minimumAgeSeconds?: number | undefined;
}

/** What to do now. */
export type Move =
  | { readonly kind: 'apply'; readonly step: RotationStep }
  /** The grace period lasts. @param until - Epoch seconds. */
  | { readonly kind: 'wait'; readonly until: number }
  /** The secret is not old enough to begin. */
  | { readonly kind: 'rest' };

/** Decides what to do, of where the rotation stands and what the operator allows. */
export function planMove(
  standing: Extract<Standing, { isBlocked: false }>,
  { now, isGraceSkipped, minimumAgeSeconds = 0 }: RotationLimits,
): Move {
  const { phase, step, oldSecret, newSecret, graceEndsAt } = standing;
  if (phase === 'idle' && oldSecret !== undefined) {
    const ageSeconds = now - oldSecret.createdAtMs / 1000;
    return ageSeconds < minimumAgeSeconds ? { kind: 'rest' } : { kind: 'apply', step };
  }
  if (isGraceSkipped && phase === 'current' && oldSecret && newSecret) {
    const { versionId } = step;
    return { kind: 'apply', step: { kind: 'retire', versionId, secretId: oldSecret.id } };
  }
  if (phase === 'grace' && !isGraceSkipped && graceEndsAt !== undefined && now < graceEndsAt) {
    return { kind: 'wait', until: graceEndsAt };
  }
  return { kind: 'apply', step };
}
