import { z } from 'zod';
import type { Core } from '../core.ts';
import type { AppClient, UserPool } from '../pools/user-pool.ts';
import type { SecretVersion } from '../storage/local-state.ts';
import { AwsError } from './aws-error.ts';
import { defineOperation } from './operation.ts';
import { moveStage, putVersion } from './version-stages.ts';

const secretInput = z.object({ SecretId: z.string().min(1) });
const stage = z.string().min(1).max(256);
const versionId = z.string().min(32).max(64);

/** Reads one version, by its id or its label. */
export const getSecretValue = defineOperation(
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
export const putSecretValue = defineOperation(
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
export const listSecretVersionIds = defineOperation(
  secretInput.extend({ IncludeDeprecated: z.boolean().optional() }),
  (core, { SecretId, IncludeDeprecated = false }) => {
    const { pool, client, names } = requireSecret(core, SecretId);
    const versions = core.secretVersions.list(pool, client);
    const shown = versions.filter(({ stages }) => IncludeDeprecated || stages.length > 0);
    return { ...names, Versions: shown.map(describeVersion) };
  },
);

/** Moves a label from one version to another. */
export const updateSecretVersionStage = defineOperation(
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

/** What the ARN of an entry holds beside its name. */
const ARN_FRAME = /^arn:aws:secretsmanager:[\w-]+:\d+:secret:|-Local0$/g;

/** Finds the entry of a client by the name that a deploy gives it, or by its ARN. */
function requireSecret({ environment, directory }: Core, secretId: string): FoundSecret {
  const isArn = secretId.startsWith('arn:');
  const Name = isArn ? secretId.replaceAll(ARN_FRAME, '') : secretId;
  const [, , poolName, clientName] = Name.split('/');
  const pool = directory.pools.find(({ name }) => name === poolName);
  const client = pool?.clients.find(({ name }) => name === clientName);
  const isHere = Name === `m2m/${environment.name}/${poolName}/${clientName}`;
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
