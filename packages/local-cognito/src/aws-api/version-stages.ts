import type { SecretVersion } from '../storage/local-state.ts';
import { AwsError } from './aws-error.ts';

type Versions = readonly SecretVersion[];

/** A label to move between versions. */
export interface StageMove {
  readonly stage: string;
  /** The version that must hold the label now. */
  readonly from?: string | undefined;
  /** The version that gets it. */
  readonly to?: string | undefined;
}

/**
 * Adds a version, and moves its labels to it.
 *
 * The same version with the same value again changes nothing.
 *
 * @throws {AwsError} `ResourceExistsException` if the version exists with another value.
 * @see https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_PutSecretValue.html
 */
export function putVersion(versions: Versions, added: SecretVersion): Versions {
  const known = versions.find(({ id }) => id === added.id);
  if (known?.secretString === added.secretString) return versions;
  if (known !== undefined) {
    throw new AwsError('ResourceExistsException', 'This version exists with another value.');
  }
  const bare: SecretVersion = { ...added, stages: [] };
  return added.stages.reduce<Versions>(
    (moved, stage) => attach(moved, stage, added.id),
    [...versions, bare],
  );
}

/**
 * Moves a label, or takes it off.
 *
 * @throws {AwsError} `InvalidParameterException` unless `from` names the version that holds the label.
 * @see https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_UpdateSecretVersionStage.html
 */
export function moveStage(versions: Versions, { stage, from, to }: StageMove): Versions {
  const holder = holderOf(versions, stage);
  const isKnown = to === undefined || versions.some(({ id }) => id === to);
  if (isKnown && holder === from) {
    return to === undefined ? detach(versions, stage) : attach(versions, stage, to);
  }
  // Putting a label where it is needs no word on where it comes from.
  if (isKnown && from === undefined && holder === to) return versions;
  throw new AwsError('InvalidParameterException', 'The label is on another version, or on none.');
}

function attach(versions: Versions, stage: string, to: string): Versions {
  const from = holderOf(versions, stage);
  const moved = detach(versions, stage).map((version) =>
    version.id === to ? { ...version, stages: [...version.stages, stage] } : version,
  );
  const isReplaced = stage === 'AWSCURRENT' && from !== undefined && from !== to;
  return isReplaced ? attach(moved, 'AWSPREVIOUS', from) : moved;
}

function detach(versions: Versions, stage: string): Versions {
  return versions.map((version) => ({
    ...version,
    stages: version.stages.filter((label) => label !== stage),
  }));
}

function holderOf(versions: Versions, stage: string): string | undefined {
  return versions.find(({ stages }) => stages.includes(stage))?.id;
}
