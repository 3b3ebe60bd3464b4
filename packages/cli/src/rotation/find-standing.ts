import {
  CURRENT,
  graceLabels,
  isRotation,
  isRotationOf,
  PENDING,
  readGraceEnd,
  versionReplacing,
} from '@cognito-m2m/doctor/rotation-names';
import type {
  AppClientSecret,
  RotationStep,
  RotationView,
  StoredVersion,
} from './rotation-view.ts';

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
export type Standing =
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
  const graceEndsAt = readGraceEnd(version.labels);
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
  if (other !== undefined && !isRotation(other.id)) return blocked('other-pending-version');
  return { ...found, step: stage(clientId, oldSecret, versions, true) };
}

function outsideRotation(view: RotationView, current: StoredVersion): Standing {
  const { clientId, secrets, versions } = view;
  const [only, second] = secrets;
  if (only === undefined || second !== undefined) return blocked('second-secret');
  const pending = otherPending(versions, current);
  if (pending !== undefined && isRotationOf(clientId, pending.id)) {
    // Someone deleted the old secret early: the one that is left must be the staged one, as the proof will show.
    return { isBlocked: false, phase: 'added', newSecret: only, step: promote(pending, current) };
  }
  if (pending !== undefined && !isRotation(pending.id)) return blocked('other-pending-version');
  const labels = current.labels.filter((label) => label === PENDING);
  const leftover = [...labels, ...graceLabels(current.labels)];
  if (isRotationOf(clientId, current.id) && leftover.length > 0) {
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
  const staleLabels = graceLabels(labels);
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
