import {
  type ListSecretVersionIdsCommandOutput,
  PutSecretValueCommand,
  paginateListSecretVersionIds,
  type SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import { ifFound } from '@cognito-m2m/doctor';
import { PENDING } from '@cognito-m2m/doctor/rotation-names';
import {
  readStoredSecret,
  type StoredSecret,
  secretNotFound,
} from '../deployment/stored-secret.ts';
import { readOnlyError } from '../frame/errors.ts';
import type { SecretEntry } from '../frame/target.ts';
import { isNamed } from './app-client-secrets.ts';
import type { StoredVersion } from './rotation-view.ts';

/** The most versions on one page. */
const PAGE_SIZE = 100;

/** A label to move from one version to another; either may be left out. */
export interface LabelMove {
  readonly label: string;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

/** The versions of one client's entry in AWS Secrets Manager. */
export interface StoredVersions {
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
