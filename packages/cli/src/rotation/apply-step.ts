import { randomBytes } from 'node:crypto';
import {
  AddUserPoolClientSecretCommand,
  type CognitoIdentityProviderClient,
  DeleteUserPoolClientSecretCommand,
  ListUserPoolClientSecretsCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import {
  type ListSecretVersionIdsCommandOutput,
  PutSecretValueCommand,
  paginateListSecretVersionIds,
  type SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import { ifFound } from '@cognito-m2m/doctor';
import { CURRENT, graceLabel, PENDING } from '@cognito-m2m/doctor/rotation-names';
import {
  readStoredSecret,
  replaceClientSecret,
  type StoredSecret,
  secretNotFound,
} from '../deployment/stored-secret.ts';
import { CliError, readOnlyError } from '../frame/errors.ts';
import type { ClientCredentials, SecretClients, SecretEntry } from '../frame/target.ts';
import type { AppClientSecret, RotationStep, StepKind, StoredVersion } from './rotation-view.ts';

/** What a step works on. */
export interface StepEdges {
  readonly secrets: AppClientSecrets;
  readonly versions: StoredVersions;
  readonly prove: (credentials: ClientCredentials) => Promise<void>;
  /** Epoch seconds at which a grace period that begins now ends. */
  readonly graceEnd: () => number;
  /** The command that shows where the rotation stands, for errors. */
  readonly statusCommand: string;
}

type StepOf<Kind extends StepKind> = Extract<RotationStep, { readonly kind: Kind }>;

/**
 * Takes one step. Each can be taken again after a crash in its midst.
 *
 * @throws {CliError} `ERR_ROTATION_LOST_RACE` if someone else was faster; the errors of the proof.
 */
export async function applyStep(edges: StepEdges, step: RotationStep): Promise<void> {
  switch (step.kind) {
    case 'stage':
      return stage(edges, step);
    case 'add':
      return add(edges, step);
    case 'promote':
      return promote(edges, step);
    case 'start-grace':
      return move(edges, { label: graceLabel(edges.graceEnd()), to: step.versionId });
    case 'retire':
      await proveCurrent(edges, step.versionId);
      return edges.secrets.remove(step.secretId);
    case 'close':
      return close(edges, step);
  }
}

async function stage(edges: StepEdges, step: StepOf<'stage'>): Promise<void> {
  const { versionId, isStored, pendingOn } = step;
  if (isStored) return move(edges, { label: PENDING, from: pendingOn, to: versionId });
  const { text } = await edges.versions.read();
  const fresh = replaceClientSecret(text, createNewSecret());
  if (!(await edges.versions.stage(versionId, fresh))) throw lostRace(edges);
}

/**
 * Adds the staged secret. Amazon Cognito has no condition for that: if another run has finished the rotation since this
 * step was decided, the secret is one too many, and nobody could tell later which of the two is in use.
 *
 * So it looks before, because a question may have been open for minutes, and after, because another run may be faster still.
 */
async function add(edges: StepEdges, { versionId, replacedId }: StepOf<'add'>): Promise<void> {
  const { clientSecret } = await readSecret(edges, versionId);
  if (!(await hasSecret(edges, replacedId))) throw lostRace(edges);
  const addedId = await edges.secrets.add(clientSecret);
  if (addedId === undefined || (await hasSecret(edges, replacedId))) return;
  await edges.secrets.remove(addedId);
  throw lostRace(edges);
}

async function hasSecret({ secrets }: StepEdges, secretId: string): Promise<boolean> {
  const known = await secrets.list();
  return known.some(({ id }) => id === secretId);
}

async function promote(edges: StepEdges, step: StepOf<'promote'>): Promise<void> {
  const { versionId, currentId, staleLabels } = step;
  await edges.prove(await readSecret(edges, versionId));
  for (const label of staleLabels) await move(edges, { label, from: versionId });
  await move(edges, { label: CURRENT, from: currentId, to: versionId });
}

async function close(edges: StepEdges, { versionId, labels }: StepOf<'close'>): Promise<void> {
  await proveCurrent(edges, versionId);
  for (const label of labels) await move(edges, { label, from: versionId });
}

/** Proves what services read at this moment, which must be the version that the step is about. */
async function proveCurrent(edges: StepEdges, versionId: string): Promise<void> {
  const current = await edges.versions.read();
  if (current.versionId !== versionId) throw lostRace(edges);
  await edges.prove(current.credentials);
}

async function readSecret(edges: StepEdges, versionId: string): Promise<ClientCredentials> {
  return (await edges.versions.read(versionId)).credentials;
}

async function move(edges: StepEdges, change: LabelMove): Promise<void> {
  if (!(await edges.versions.move(change))) throw lostRace(edges);
}

function lostRace({ statusCommand }: StepEdges): CliError {
  const message = 'Another run rotates this secret at the same time and was faster.';
  return new CliError('ERR_ROTATION_LOST_RACE', message, { next: statusCommand });
}

/**
 * Makes a client secret: 256 random bits as 64 hexadecimal digits.
 *
 * Amazon Cognito takes 24 to 64 of `[\w+]`. Only digits mean the same in every encoding: a `+` in a form that a service
 * fills by hand would arrive as a space.
 *
 * @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AddUserPoolClientSecret.html
 */
function createNewSecret(): string {
  return randomBytes(32).toString('hex');
}

/** The most versions on one page. */
const PAGE_SIZE = 100;

/** A label to move from one version to another; either may be left out. */
interface LabelMove {
  readonly label: string;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

/** Opens the two services that keep the secrets of one client. */
export function openSecretServices(
  { cognito, secretsManager }: SecretClients,
  key: AppClientKey,
  entry: SecretEntry,
): Pick<StepEdges, 'secrets' | 'versions'> {
  return {
    secrets: openAppClientSecrets(cognito, key),
    versions: openStoredVersions(secretsManager, entry),
  };
}

/** The versions of one client's entry in AWS Secrets Manager. */
interface StoredVersions {
  /**
   * Lists them, those without a label included.
   *
   * @throws {CliError} `ERR_SECRET_NOT_FOUND` if there is no entry.
   */
  list(): Promise<StoredVersion[]>;
  /** Reads one, the current one by default. @throws {CliError} `ERR_SECRET_NOT_FOUND`. */
  read(versionId?: string): Promise<StoredSecret>;
  /** Keeps a new version as AWSPENDING. @returns False if the version exists with another value. */
  stage(versionId: string, text: string): Promise<boolean>;
  /** Moves a label. @returns False if it is not where it was said to be. */
  move(move: LabelMove): Promise<boolean>;
}

/** Opens the entry of one client. */
export function openStoredVersions(
  client: SecretsManagerClient,
  entry: SecretEntry,
): StoredVersions {
  const { secretId: SecretId } = entry;
  return {
    read: (versionId) => readStoredSecret(client, entry, versionId),
    async list() {
      const query = { SecretId, IncludeDeprecated: true };
      const pages = paginateListSecretVersionIds({ client, pageSize: PAGE_SIZE }, query);
      const found = await ifFound(readAll(pages));
      if (found !== undefined) return found;
      throw secretNotFound(`Secrets Manager has no secret "${SecretId}".`);
    },
    stage: (versionId, text) =>
      unlessRefused(
        client.send(
          new PutSecretValueCommand({
            SecretId,
            ClientRequestToken: versionId,
            SecretString: text,
            VersionStages: [PENDING],
          }),
        ),
        'ResourceExistsException',
      ),
    move: ({ label, from, to }) =>
      unlessRefused(
        client.send(
          new UpdateSecretVersionStageCommand({
            SecretId,
            VersionStage: label,
            RemoveFromVersionId: from,
            MoveToVersionId: to,
          }),
        ),
        'InvalidParameterException',
      ),
  };
}

async function readAll(
  pages: AsyncIterable<ListSecretVersionIdsCommandOutput>,
): Promise<StoredVersion[]> {
  const versions: StoredVersion[] = [];
  for await (const { Versions = [] } of pages) {
    for (const { VersionId = '', VersionStages = [] } of Versions) {
      versions.push({ id: VersionId, labels: VersionStages });
    }
  }
  return versions;
}

async function unlessRefused(answer: Promise<unknown>, exception: string): Promise<boolean> {
  return answer.then(
    () => true,
    (error: unknown) => {
      if (isNamed(error, exception)) return false;
      // Only a local Cognito in front of another API answers so.
      throw isNamed(error, 'NotAuthorizedException')
        ? readOnlyError('ERR_ROTATION_BLOCKED', error)
        : error;
    },
  );
}

/** The secrets of one app client in Amazon Cognito. */
interface AppClientSecrets {
  /**
   * Lists them, oldest first.
   *
   * @throws {CliError} `ERR_CLIENT_NOT_FOUND` if Amazon Cognito has no such client any more.
   */
  list(): Promise<AppClientSecret[]>;
  /**
   * Adds a second one.
   *
   * @returns Its ID; `undefined` if there are two already, because an earlier request may have been carried out.
   */
  add(value: string): Promise<string | undefined>;
  /** Deletes one; does nothing if it is gone. */
  remove(secretId: string): Promise<void>;
}

/** What identifies an app client to Amazon Cognito. */
interface AppClientKey {
  readonly UserPoolId: string;
  readonly ClientId: string;
}

/** Opens the secrets of one app client. */
function openAppClientSecrets(
  cognito: CognitoIdentityProviderClient,
  key: AppClientKey,
): AppClientSecrets {
  return {
    async list() {
      const list = new ListUserPoolClientSecretsCommand(key);
      const found = await ifFound(cognito.send(list));
      if (found === undefined) {
        const message = `App client ${key.ClientId} no longer exists in Amazon Cognito.`;
        throw new CliError('ERR_CLIENT_NOT_FOUND', message, { next: { m2m: 'plan' } });
      }
      return (found.ClientSecrets ?? [])
        .map(({ ClientSecretId = '', ClientSecretCreateDate }) => ({
          id: ClientSecretId,
          createdAtMs: ClientSecretCreateDate?.getTime() ?? 0,
        }))
        .sort((first, second) => first.createdAtMs - second.createdAtMs);
    },
    async add(value) {
      const add = new AddUserPoolClientSecretCommand({ ...key, ClientSecret: value });
      try {
        const { ClientSecretDescriptor } = await cognito.send(add);
        return ClientSecretDescriptor?.ClientSecretId;
      } catch (error) {
        if (isNamed(error, 'LimitExceededException')) return undefined;
        throw error;
      }
    },
    async remove(secretId) {
      const remove = new DeleteUserPoolClientSecretCommand({ ...key, ClientSecretId: secretId });
      await ifFound(cognito.send(remove));
    },
  };
}

/** True if an AWS service answered with this exception. By name: each SDK client has classes of its own. */
function isNamed(error: unknown, name: string): error is Error {
  return error instanceof Error && error.name === name;
}
