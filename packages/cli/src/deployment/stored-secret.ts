import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { ifFound } from '@cognito-m2m/doctor';
import { applyEdits, modify } from 'jsonc-parser';
import { CliError } from '../frame/errors.ts';
import type { ClientCredentials, SecretEntry } from '../frame/target.ts';

/** One version of a client's entry in AWS Secrets Manager. Never print it. */
export interface StoredSecret {
  readonly versionId: string;
  readonly credentials: ClientCredentials;
  /** The whole JSON text: a team may keep more there than id and secret, and only the team knows how it reads it. */
  readonly text: string;
}

/**
 * Reads a client's entry.
 *
 * @param versionId - One version. @default the current one
 * @throws {CliError} `ERR_SECRET_NOT_FOUND` if there is none, or it holds no credentials.
 */
export async function readStoredSecret(
  secretsManager: SecretsManagerClient,
  entry: SecretEntry,
  versionId?: string,
): Promise<StoredSecret> {
  const { secretId } = entry;
  const which = versionId === undefined ? { VersionStage: 'AWSCURRENT' } : { VersionId: versionId };
  const read = new GetSecretValueCommand({ SecretId: secretId, ...which });
  const answer = await ifFound(secretsManager.send(read));
  if (answer === undefined) {
    throw secretNotFound(`Secrets Manager has no secret "${secretId}".`);
  }
  const text = answer.SecretString ?? '';
  const fields = parseFields(text);
  const clientId = entry.clientId ?? fields['client_id'];
  const member = secretMember(fields);
  const clientSecret = isBareSecret(text) ? text : member && fields[member];
  if (typeof clientId === 'string' && typeof clientSecret === 'string') {
    const credentials = { clientId, clientSecret };
    return { versionId: answer.VersionId ?? '', credentials, text };
  }
  throw secretNotFound(`The secret "${secretId}" has no client_id and client_secret.`);
}

/** How people call the secret of a client in an entry; a deploy writes the first one. */
const SECRET_MEMBERS = ['client_secret', 'clientSecret'] as const;

function secretMember(fields: Record<string, unknown>) {
  return SECRET_MEMBERS.find((member) => typeof fields[member] === 'string');
}

/** The owner of an app client may keep its secret as it is, without JSON around it. */
function isBareSecret(text: string): boolean {
  return /^[\w+]{24,64}$/.test(text);
}

/**
 * Replaces the secret in an entry's JSON text, and no other character: numbers that JavaScript cannot hold, the order of
 * members and spaces stay as they are. An entry that is only a secret becomes the new one.
 */
export function replaceClientSecret(text: string, clientSecret: string): string {
  if (isBareSecret(text)) return clientSecret;
  const member = secretMember(parseFields(text)) ?? SECRET_MEMBERS[0];
  const edited = applyEdits(text, modify(text, [member], clientSecret, {}));
  // A repeated member: the one that readers take is the last one.
  if (parseFields(edited)[member] === clientSecret) return edited;
  throw secretNotFound(`The entry in Secrets Manager has the member "${member}" more than once.`);
}

function parseFields(text: string): Record<string, unknown> {
  // A secret that is not JSON must not reach a message through the parser's own error.
  try {
    const fields: unknown = JSON.parse(text);
    return typeof fields === 'object' && fields !== null ? { ...fields } : {};
  } catch {
    return {};
  }
}

/** The error for a client whose secret is not where a deploy puts it. */
export function secretNotFound(message: string): CliError {
  return new CliError('ERR_SECRET_NOT_FOUND', message, { next: { m2m: 'doctor' } });
}
