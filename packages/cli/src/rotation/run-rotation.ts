import type { Wait } from '../frame/command.ts';
import { CliError } from '../frame/errors.ts';
import { toEpochSeconds } from '../frame/time.ts';
import { applyStep, type StepEdges } from './apply-step.ts';
import { type BlockedReason, findStanding, type Standing } from './find-standing.ts';
import type { RotationStep, RotationView, StepKind } from './rotation-view.ts';

/** How long the services may take to show a change that they have taken. */
const SETTLE_ATTEMPTS = 30;
const SETTLE_INTERVAL_MS = 1_000;

/** Twice as many as a rotation has. */
const MAX_STEPS = 12;

/** Where the rotation stands, if it can go on. */
export type OpenStanding = Extract<Standing, { isBlocked: false }>;

/** What a run of a rotation needs. */
export interface RotationEdges extends StepEdges {
  readonly readView: () => Promise<RotationView>;
  /** Epoch milliseconds. */
  readonly clock: () => number;
  readonly wait: Wait;
  /** Asks before a step that wants it; true to go on. */
  readonly confirm: (step: RotationStep, standing: OpenStanding) => Promise<boolean>;
  /** Told of each step once it is done. */
  readonly onStep: (step: RotationStep) => void;
  /** Says whether every reader has fetched a version; `undefined` to wait for the end of the grace period. */
  readonly hasEveryReader: ((versionId: string) => Promise<boolean>) | undefined;
  /** Waits for the end of a grace period, in epoch seconds; `undefined` to end the run instead. */
  readonly waitUntil: ((until: number) => Promise<void>) | undefined;
  /** The error for a rotation that can neither begin nor go on. */
  readonly blockedError: (reason: BlockedReason, view: RotationView) => CliError;
}

/** How a run ended. */
export interface RotationRun {
  /** `refused`: the answer to a question was no. `young`: the secret is not old enough. */
  readonly ending: 'finished' | 'waiting' | 'refused' | 'young';
  readonly standing: OpenStanding;
  /** The steps of this run, in order. */
  readonly steps: readonly StepKind[];
}

/**
 * Takes step after step until the rotation is finished, waits, or someone says no.
 *
 * Nothing is remembered between two steps: each is decided by what the services show then.
 *
 * @throws {CliError} `ERR_ROTATION_BLOCKED`, `ERR_ROTATION_UNSETTLED`, and those of the steps.
 */
export async function runRotation(
  edges: RotationEdges,
  limits: Omit<RotationLimits, 'now'>,
): Promise<RotationRun> {
  const steps: StepKind[] = [];
  let wasUnderWay = false;
  while (steps.length < MAX_STEPS) {
    const standing = await settle(edges, steps.at(-1));
    // Also if someone else finished it during the grace period: one run never begins a second rotation.
    if (standing.phase === 'idle' && wasUnderWay) return { ending: 'finished', standing, steps };
    wasUnderWay = standing.phase !== 'idle';
    const move = planMove(standing, { ...limits, now: toEpochSeconds(edges.clock()) });
    if (move.kind === 'rest') return { ending: 'young', standing, steps };
    const isEarly = move.kind === 'wait' && (await isReadByAll(edges, standing));
    if (move.kind === 'wait' && !isEarly) {
      if (edges.waitUntil === undefined) return { ending: 'waiting', standing, steps };
      await edges.waitUntil(move.until);
      continue;
    }
    const { step } = move.kind === 'wait' ? standing : move;
    const isAgreed = await edges.confirm(step, standing);
    if (!isAgreed) return { ending: 'refused', standing, steps };
    await applyStep(edges, step);
    edges.onStep(step);
    steps.push(step.kind);
  }
  throw unsettled(edges, 'The secrets keep changing during the rotation.');
}

async function isReadByAll(
  { hasEveryReader }: RotationEdges,
  { step }: OpenStanding,
): Promise<boolean> {
  return hasEveryReader !== undefined && step.kind === 'retire' && hasEveryReader(step.versionId);
}

/** Reads where the rotation stands once the services show the step that was taken last. */
async function settle(edges: RotationEdges, last: StepKind | undefined): Promise<OpenStanding> {
  for (let attempt = 1; attempt <= SETTLE_ATTEMPTS; attempt += 1) {
    const view = await edges.readView();
    const standing = findStanding(view);
    if (standing.isBlocked) {
      // Another run may have added one secret too many, and takes it back.
      const isPassing = last !== undefined && standing.reason === 'second-secret';
      if (!isPassing || attempt === SETTLE_ATTEMPTS)
        throw edges.blockedError(standing.reason, view);
    } else if (standing.step.kind !== last) return standing;
    await edges.wait(SETTLE_INTERVAL_MS);
  }
  throw unsettled(edges, `AWS accepted step "${last}", but the change is not visible yet.`);
}

function unsettled({ statusCommand }: RotationEdges, message: string): CliError {
  return new CliError('ERR_ROTATION_UNSETTLED', message, { next: statusCommand });
}

/** Reads where the rotation stands. @throws {CliError} `ERR_ROTATION_BLOCKED`. */
export async function readStanding({
  readView,
  blockedError,
}: Pick<RotationEdges, 'readView' | 'blockedError'>): Promise<OpenStanding> {
  const view = await readView();
  const standing = findStanding(view);
  if (standing.isBlocked) throw blockedError(standing.reason, view);
  return standing;
}

/** What an operator allows. */
interface RotationLimits {
  /** Epoch seconds. */
  readonly now: number;
  /** True to retire the old secret without a grace period. */
  readonly isGraceSkipped: boolean;
  /** A secret younger than this is not rotated, in seconds. @default 0 */
  readonly minimumAgeSeconds?: number | undefined;
}

/** What to do now. */
type Move =
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
    // Without a limit no age counts: by a clock that is behind AWS, a new secret is not created yet.
    const isYoung = minimumAgeSeconds > 0 && ageSeconds < minimumAgeSeconds;
    return isYoung ? { kind: 'rest' } : { kind: 'apply', step };
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
