import { reasonOf, TokenClientError } from './errors.ts';

/** An app client's ID and secret. */
export interface ClientCredentials {
  readonly clientId: string;
  readonly clientSecret: string;
}

/** Reads the credentials; called again when Amazon Cognito does not accept them. */
export type CredentialsProvider = () => Promise<ClientCredentials> | ClientCredentials;

/**
 * What `SecretsManager` of `@aws-sdk/client-secrets-manager` offers. Around a `SecretsManagerClient`:
 * `{ getSecretValue: (input) => client.send(new GetSecretValueCommand(input)) }`.
 */
export interface SecretValueReader {
  getSecretValue(input: {
    SecretId: string;
  }): Promise<{ readonly SecretString?: string | undefined }>;
}

/**
 * Reads the current version of a secret that a deploy wrote: JSON with `client_id` and `client_secret`.
 *
 * One `GetSecretValue` when the first token is requested and one when the secret was rotated.
 *
 * @param options.secretId - Name or ARN. From another account: the ARN.
 * @example
 * ```ts
 * import { SecretsManager } from '@aws-sdk/client-secrets-manager';
 * import { secretsManagerCredentials } from '@cognito-m2m/token-client';
 *
 * export const credentials = secretsManagerCredentials({
 *   client: new SecretsManager(),
 *   secretId: 'm2m/prod/payments/billing-worker/credentials',
 * });
 * ```
 */
export function secretsManagerCredentials(options: {
  readonly client: SecretValueReader;
  readonly secretId: string;
}): CredentialsProvider {
  const { client, secretId } = options;
  return async () => {
    const { SecretString } = await client.getSecretValue({ SecretId: secretId });
    return parseCredentials(SecretString, `The secret "${secretId}"`);
  };
}

/**
 * Reads environment variables, as ECS and Lambda extensions set them. They cannot change while the process runs: a
 * rotated secret needs a new process.
 *
 * @param options.clientId - Name of the variable. @default 'M2M_CLIENT_ID'
 * @param options.clientSecret - Name of the variable. @default 'M2M_CLIENT_SECRET'
 * @example
 * ```ts
 * import { envCredentials } from '@cognito-m2m/token-client';
 *
 * export const credentials = envCredentials({
 *   clientId: 'ORDERS_CLIENT_ID',
 *   clientSecret: 'ORDERS_CLIENT_SECRET',
 * });
 * ```
 */
export function envCredentials(
  options: { readonly clientId?: string; readonly clientSecret?: string } = {},
): CredentialsProvider {
  const { clientId = 'M2M_CLIENT_ID', clientSecret = 'M2M_CLIENT_SECRET' } = options;
  return () => {
    const read = (name: string) => {
      const value = globalThis.process?.env[name];
      if (value !== undefined && value !== '') return value;
      throw invalidCredentials(`The environment variable ${name} is not set.`);
    };
    return { clientId: read(clientId), clientSecret: read(clientSecret) };
  };
}

/**
 * Reads a JSON file with `client_id` and `client_secret`, as a mounted Kubernetes secret. Needs Node.js, Bun or Deno.
 *
 * @param options.path - Read again when the secret is not accepted, so a mount that is updated needs no restart.
 * @example
 * ```ts
 * import { fileCredentials } from '@cognito-m2m/token-client';
 *
 * export const credentials = fileCredentials({ path: '/var/run/secrets/m2m/credentials.json' });
 * ```
 */
export function fileCredentials({ path }: { readonly path: string }): CredentialsProvider {
  return async () => {
    // Not an import: the package loads in runtimes without a file system.
    const { readFile } = globalThis.process.getBuiltinModule('node:fs/promises');
    return parseCredentials(await readFile(path, 'utf8'), `The file "${path}"`);
  };
}

// The parser's own message would quote the secret.
function parseCredentials(text: string | undefined, source: string): ClientCredentials {
  const { client_id: clientId, client_secret: clientSecret } = parseObject(text ?? '', source);
  return checkCredentials({ clientId, clientSecret }, source);
}

function parseObject(text: string, source: string): { readonly [name: string]: unknown } {
  try {
    return Object(JSON.parse(text));
  } catch {
    throw invalidCredentials(`${source} is not JSON with "client_id" and "client_secret".`);
  }
}

/** Takes credentials whose two members are strings. @throws {TokenClientError} If they are not. */
export function checkCredentials(
  { clientId, clientSecret }: { readonly [name: string]: unknown },
  source: string,
): ClientCredentials {
  const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';
  if (isText(clientId) && isText(clientSecret)) return { clientId, clientSecret };
  throw invalidCredentials(`${source} must hold a client ID and a client secret.`);
}

function invalidCredentials(detail: string): TokenClientError {
  return new TokenClientError('ERR_CREDENTIALS_INVALID', detail);
}

/** True for an error of the AWS SDK. */
export function isAwsError(error: unknown): boolean {
  return typeof error === 'object' && error !== null && '$metadata' in error;
}

/** Failures of AWS that another attempt does not cure. */
const FINAL_REASONS =
  /^(AccessDenied|ResourceNotFound|Validation|InvalidParameter|InvalidRequest|Decryption|ENOENT|EACCES|ParameterNotFound)/;

/** True for a failure of AWS or the file system that may pass. */
export function mayPass(error: unknown): boolean {
  return !FINAL_REASONS.test(reasonOf(error) ?? '');
}
