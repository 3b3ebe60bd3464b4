import { secretName } from '@cognito-m2m/environment/names';
import { z } from 'zod';
import { AwsError } from '../model/aws-error.ts';
import type { AppClient, UserPool } from '../pools/user-pool.ts';
import type { SecretVersion } from '../state/local-state.ts';
import type { Core } from '../tokens/core.ts';
import { defineOperation } from './operation.ts';

const secretInput = z.object({ SecretId: z.string().min(1) });
const stage = z.string().min(1).max(256);
const versionId = z.string().min(32).max(64);

/** Reads one version, by its id or its label. */
const getSecretValue = defineOperation(
  secretInput.extend({ VersionId: versionId.optional(), VersionStage: stage.optional() }),
  (core, { SecretId, VersionId, VersionStage }) => {
    const secret = requireSecret(core, SecretId);
    const label = VersionStage ?? (VersionId === undefined ? 'AWSCURRENT' : undefined);
    const found = core.secretVersions
      .list(secret.pool, secret.client)
      .filter(({ id }) => VersionId === undefined || id === VersionId)
      .find(({ stages }) => label === undefined || stages.includes(label));
    if (found === undefined) throw notFound();
    return { ...secret.names, ...describeVersion(found), SecretString: found.secretString };
  },
);

/** Adds a version; the label `AWSCURRENT` leaves `AWSPREVIOUS` behind. */
const putSecretValue = defineOperation(
  secretInput.extend({
    ClientRequestToken: versionId,
    SecretString: z.string().min(1),
    VersionStages: z.array(stage).min(1).optional(),
  }),
  async (core, { SecretId, ClientRequestToken, SecretString, VersionStages }) => {
    const { pool, client, names } = requireSecret(core, SecretId);
    const version: SecretVersion = {
      id: ClientRequestToken,
      secretString: SecretString,
      stages: VersionStages ?? ['AWSCURRENT'],
      createdAt: Math.floor(core.clock() / 1000),
    };
    await core.secretVersions.update(pool, client, (versions) => putVersion(versions, version));
    return { ...names, VersionId: version.id, VersionStages: version.stages };
  },
);

/** Lists the versions; those without a label on request only. */
const listSecretVersionIds = defineOperation(
  secretInput.extend({ IncludeDeprecated: z.boolean().optional() }),
  (core, { SecretId, IncludeDeprecated = false }) => {
    const { pool, client, names } = requireSecret(core, SecretId);
    const versions = core.secretVersions.list(pool, client);
    const shown = versions.filter(({ stages }) => IncludeDeprecated || stages.length > 0);
    return { ...names, Versions: shown.map(describeVersion) };
  },
);

/** Moves a label from one version to another. */
const updateSecretVersionStage = defineOperation(
  secretInput.extend({
    VersionStage: stage,
    RemoveFromVersionId: versionId.optional(),
    MoveToVersionId: versionId.optional(),
  }),
  async (core, { SecretId, VersionStage, RemoveFromVersionId, MoveToVersionId }) => {
    const { pool, client, names } = requireSecret(core, SecretId);
    const move = { stage: VersionStage, from: RemoveFromVersionId, to: MoveToVersionId };
    await core.secretVersions.update(pool, client, (versions) => moveStage(versions, move));
    return names;
  },
);

interface FoundSecret {
  readonly pool: UserPool;
  readonly client: AppClient;
  readonly names: { readonly ARN: string; readonly Name: string };
}

/** What surrounds the name in the ARN of an entry. */
const ARN_FRAME = /^arn:aws:secretsmanager:[\w-]+:\d+:secret:|-Local0$/g;

/** Finds the entry of a client by the name that a deploy gives it, or by its ARN. */
function requireSecret({ name: sourceName, directory }: Core, secretId: string): FoundSecret {
  const isArn = secretId.startsWith('arn:');
  const Name = isArn ? secretId.replaceAll(ARN_FRAME, '') : secretId;
  const [, , poolName, clientName] = Name.split('/');
  const pool = directory.pools.find(({ name }) => name === poolName);
  const client = pool?.clients.find(({ name }) => name === clientName);
  const isHere = Name === secretName(sourceName, poolName ?? '', clientName ?? '');
  if (pool === undefined || client === undefined || !isHere) throw notFound();
  const ARN = `arn:aws:secretsmanager:${pool.region}:000000000000:secret:${Name}-Local0`;
  return { pool, client, names: { ARN, Name } };
}

function describeVersion({ id, stages, createdAt }: SecretVersion) {
  return { VersionId: id, VersionStages: stages, CreatedDate: createdAt };
}

function notFound(): AwsError {
  const message = "Secrets Manager can't find the specified secret value.";
  return new AwsError('ResourceNotFoundException', message);
}

type Versions = readonly SecretVersion[];

/** A label to move between versions. */
interface StageMove {
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
function putVersion(versions: Versions, added: SecretVersion): Versions {
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
function moveStage(versions: Versions, { stage, from, to }: StageMove): Versions {
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

/** The operations of AWS Secrets Manager. */
export const SECRETS_MANAGER_OPERATIONS = {
  GetSecretValue: getSecretValue,
  PutSecretValue: putSecretValue,
  ListSecretVersionIds: listSecretVersionIds,
  UpdateSecretVersionStage: updateSecretVersionStage,
};
