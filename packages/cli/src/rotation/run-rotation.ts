import {
  CURRENT,
  PENDING,
  readGrace,
  rotationOf,
  versionReplacing,
} from '@cognito-m2m/doctor/rotation-names';
import type { Wait } from '../frame/command.ts';
import { CliError } from '../frame/errors.ts';
import { toEpochSeconds } from '../frame/time.ts';
import { applyStep, type StepEdges } from './apply-step.ts';
import type {
  AppClientSecret,
  RotationStep,
  RotationView,
  StepKind,
  StoredVersion,
} from './rotation-view.ts';

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
  /** `refused`: the answer to a question was no. `young`: the secret is not old enough. `seen`: it was only looked at. */
  readonly ending: 'finished' | 'waiting' | 'refused' | 'young' | 'seen';
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
  if (limits.isStatus) return { ending: 'seen', standing: await readStanding(edges), steps: [] };
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
async function readStanding({
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
  /** True to look only. @default false */
  readonly isStatus?: boolean | undefined;
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

/** How far a rotation has come. */
export type RotationPhase =
  /** None is under way. */
  | 'idle'
  /** The new secret is stored; Amazon Cognito does not know it. */
  | 'staged'
  /** Amazon Cognito takes both; services still read the old one. */
  | 'added'
  /** Services read the new one; the grace period has not begun. */
  | 'current'
  /** Services read the new one, and the old one is good until the grace period ends. */
  | 'grace'
  /** The old one is gone; labels are left. */
  | 'retired';

/** Why a rotation can neither begin nor go on. */
export type BlockedReason =
  | 'no-current-version'
  | 'no-secret'
  | 'second-secret'
  | 'other-pending-version';

/** Where the rotation of one client stands, and the one step that comes next. */
type Standing =
  | { readonly isBlocked: true; readonly reason: BlockedReason }
  | {
      readonly isBlocked: false;
      readonly phase: RotationPhase;
      readonly step: RotationStep;
      /** The secret that is being replaced; the only one if none is. */
      readonly oldSecret?: AppClientSecret;
      /** The one that replaces it. */
      readonly newSecret?: AppClientSecret;
      /** Epoch seconds. */
      readonly graceEndsAt?: number;
    };

/**
 * Finds where a rotation stands: a pure function of what the two services show.
 *
 * A rotation is under way for the secret whose replacing version exists. The one step that deletes names that secret, and
 * comes only when the version that replaces it is the current one.
 */
export function findStanding(view: RotationView): Standing {
  const { clientId, secrets, versions } = view;
  const current = holderOf(versions, CURRENT);
  if (current === undefined) return blocked('no-current-version');
  const replaced = secrets.flatMap((secret) => {
    const version = versions.find(({ id }) => id === versionReplacing(clientId, secret.id));
    return version === undefined ? [] : [{ oldSecret: secret, version }];
  });
  const [rotation] = replaced;
  if (secrets.length === 0) return blocked('no-secret');
  if (secrets.length > 2 || replaced.length > 1) return blocked('second-secret');
  return rotation === undefined
    ? outsideRotation(view, current)
    : insideRotation(view, { ...rotation, current });
}

interface Rotation {
  readonly oldSecret: AppClientSecret;
  /** The version that replaces it. */
  readonly version: StoredVersion;
  readonly current: StoredVersion;
}

function insideRotation(view: RotationView, rotation: Rotation): Standing {
  const { oldSecret, version, current } = rotation;
  const newSecret = view.secrets.find(({ id }) => id !== oldSecret.id);
  if (newSecret === undefined) return beforeAdding(view, rotation);
  const found = { isBlocked: false, oldSecret, newSecret } as const;
  if (version.id !== current.id)
    return { ...found, phase: 'added', step: promote(version, current) };
  const graceEndsAt = readGrace(version.labels).endsAt;
  if (graceEndsAt === undefined) {
    return { ...found, phase: 'current', step: { kind: 'start-grace', versionId: version.id } };
  }
  const step = { kind: 'retire', versionId: version.id, secretId: oldSecret.id } as const;
  return { ...found, phase: 'grace', step, graceEndsAt };
}

/** Also after someone deleted the new secret: adding it again repairs that. */
function beforeAdding(
  { clientId, versions }: RotationView,
  { oldSecret, version, current }: Rotation,
): Standing {
  const found = { isBlocked: false, phase: 'staged', oldSecret } as const;
  const isLabelled = version.id === current.id || version.labels.includes(PENDING);
  if (isLabelled) {
    const step = { kind: 'add', versionId: version.id, replacedId: oldSecret.id } as const;
    return { ...found, step };
  }
  const other = otherPending(versions, current);
  if (other !== undefined && rotationOf(other.id, clientId) === undefined)
    return blocked('other-pending-version');
  return { ...found, step: stage(clientId, oldSecret, versions, true) };
}

function outsideRotation(view: RotationView, current: StoredVersion): Standing {
  const { clientId, secrets, versions } = view;
  const [only, second] = secrets;
  if (only === undefined || second !== undefined) return blocked('second-secret');
  const pending = otherPending(versions, current);
  if (pending !== undefined && rotationOf(pending.id, clientId) === 'own') {
    // Someone deleted the old secret early: the one that is left must be the staged one, as the proof will show.
    return { isBlocked: false, phase: 'added', newSecret: only, step: promote(pending, current) };
  }
  if (pending !== undefined && rotationOf(pending.id, clientId) === undefined)
    return blocked('other-pending-version');
  const labels = current.labels.filter((label) => label === PENDING);
  const leftover = [...labels, ...readGrace(current.labels).labels];
  if (rotationOf(current.id, clientId) === 'own' && leftover.length > 0) {
    const step = { kind: 'close', versionId: current.id, labels: leftover } as const;
    return { isBlocked: false, phase: 'retired', newSecret: only, step };
  }
  const step = stage(clientId, only, versions, false);
  return { isBlocked: false, phase: 'idle', oldSecret: only, step };
}

function stage(
  clientId: string,
  { id }: AppClientSecret,
  versions: readonly StoredVersion[],
  isStored: boolean,
): RotationStep {
  const pendingOn = holderOf(versions, PENDING)?.id;
  const versionId = versionReplacing(clientId, id);
  return { kind: 'stage', versionId, isStored, pendingOn };
}

function promote({ id, labels }: StoredVersion, current: StoredVersion): RotationStep {
  const staleLabels = readGrace(labels).labels;
  return { kind: 'promote', versionId: id, currentId: current.id, staleLabels };
}

/** The version labelled AWSPENDING, if it is not the current one: Secrets Manager's own rotation leaves it there. */
function otherPending(versions: readonly StoredVersion[], current: StoredVersion) {
  const pending = holderOf(versions, PENDING);
  return pending?.id === current.id ? undefined : pending;
}

function holderOf(versions: readonly StoredVersion[], label: string): StoredVersion | undefined {
  return versions.find(({ labels }) => labels.includes(label));
}

function blocked(reason: BlockedReason): Standing {
  return { isBlocked: true, reason };
}
