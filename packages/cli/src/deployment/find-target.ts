import type { IncomingMessage } from 'node:http';
import { userInfo } from 'node:os';
import { text } from 'node:stream/consumers';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { type Environment, listEnvironments, loadEnvironment } from '@cognito-m2m/environment';
import { secretName } from '@cognito-m2m/environment/names';
import type { LocalDeployment } from '@cognito-m2m/local-cognito/environment';
import type { BareContext, CommandContext, ParsedArguments, Variables } from '../frame/command.ts';
import { CliError } from '../frame/errors.ts';
import { createClaimsAccess, type SecretClients, type Target } from '../frame/target.ts';
import { withoutCredentials } from '../frame/text.ts';

/**
 * Loads the environment that `--env` or `M2M_ENV` names, and finds where it is deployed.
 *
 * @throws {CliError} `ERR_ENVIRONMENT_REQUIRED` if neither names one: there is no default.
 */
export async function openContext(
  bare: BareContext,
  parsed: ParsedArguments,
): Promise<CommandContext> {
  const { contract, environmentsDirectory: directory, variables } = bare;
  const name = parsed.option('env');
  if (name === undefined) throw environmentRequired(await listEnvironments({ directory }));
  const environment = await loadEnvironment(name, { contract, directory });
  const target = await findTarget({
    environment,
    variables,
    isAwsForced: parsed.flag('aws'),
    localUrl: parsed.option('localUrl'),
  });
  bare.output.note(`${environment.name} on ${target.label}`);
  return { ...bare, environment, target };
}

function environmentRequired(known: readonly string[]): CliError {
  const names = known.join(', ') || 'none';
  return new CliError(
    'ERR_ENVIRONMENT_REQUIRED',
    `--env is required, unless M2M_ENV names the environment. Known environments: ${names}.`,
    known[0] === undefined ? {} : { next: `the same command with --env ${known[0]}` },
  );
}

/** Where to look for a deployment. */
export interface TargetQuery {
  readonly environment: Environment;
  /** Of the process: `AWS_ENDPOINT_URL` says that an API like AWS is meant. */
  readonly variables: Variables;
  /** True to look at AWS only. */
  readonly isAwsForced: boolean;
  /** A local Cognito that must answer; not together with `isAwsForced`. @default the well-known address, if it answers */
  readonly localUrl: string | undefined;
}

/**
 * Finds where an environment is deployed.
 *
 * A local Cognito counts only if it is named, or if it serves this very environment and the environment keeps its state
 * on this machine: an environment that a team shares is never mistaken for a local one.
 *
 * @throws {CliError} `ERR_LOCAL_UNREACHABLE` or `ERR_LOCAL_OTHER_ENVIRONMENT` for a named local Cognito,
 *   `ERR_ARGUMENT_INVALID` for both targets at once, or an address that is not a URL.
 */
export async function findTarget(query: TargetQuery): Promise<Target> {
  const { environment, variables, isAwsForced, localUrl } = query;
  if (isAwsForced && localUrl !== undefined) throw twoTargets();
  if (localUrl !== undefined) {
    if (!isHttpUrl(localUrl)) throw localUrlInvalid();
    const deployment = await requireLocalDeployment(localUrl, environment.name);
    return createLocalTarget({ environment, deployment });
  }
  const endpointUrl = readEndpointUrl(variables);
  const isLocalExpected =
    !isAwsForced && endpointUrl === undefined && environment.state.type === 'local';
  const local = isLocalExpected ? await probeDeployment(DEFAULT_LOCAL_URL) : undefined;
  if (local?.environment === environment.name) {
    return createLocalTarget({ environment, deployment: local });
  }
  const { createAwsTarget } = await import('./aws-target.ts');
  const target = createAwsTarget({ environment, endpointUrl });
  // Whoever forgot to start a local Cognito sees why AWS is asked.
  return isLocalExpected ? { ...target, label: `${target.label} (${whyNotLocal(local)})` } : target;
}

function whyNotLocal(local: LocalDeployment | undefined): string {
  return local === undefined
    ? `no local Cognito at ${DEFAULT_LOCAL_URL}`
    : `the local Cognito at ${DEFAULT_LOCAL_URL} serves environment "${local.environment}"`;
}

function twoTargets(): CliError {
  const message = '--local-url and --aws cannot be combined.';
  return new CliError('ERR_ARGUMENT_INVALID', message, {
    next: 'the same command with only one of them',
  });
}

function localUrlInvalid(): CliError {
  // Not quoted: people put passwords into URLs.
  const message = `--local-url is not a valid URL; expected for example ${DEFAULT_LOCAL_URL}.`;
  return new CliError('ERR_ARGUMENT_INVALID', message, {
    next: 'the same command with http:// before the address',
  });
}

/**
 * Reads `AWS_ENDPOINT_URL`; `undefined` if AWS itself is meant.
 *
 * @throws {CliError} `ERR_ARGUMENT_INVALID` if it is not a valid URL, with which the SDK would fail in its own words.
 */
export function readEndpointUrl(variables: Variables): string | undefined {
  const text = variables['AWS_ENDPOINT_URL'];
  if (text === undefined || text === '') return undefined;
  if (isHttpUrl(text)) return text;
  // Not quoted: people put passwords into URLs.
  const message =
    'AWS_ENDPOINT_URL is not a valid URL; expected for example http://127.0.0.1:5000.';
  throw new CliError('ERR_ARGUMENT_INVALID', message, {
    next: 'unset AWS_ENDPOINT_URL, or set it to a URL',
  });
}

/** True for an absolute URL of HTTP; `localhost:5000` parses as a URL of the scheme `localhost`. */
function isHttpUrl(text: string): boolean {
  return /^https?:\/\//.test(text) && URL.canParse(text);
}

/** Where `npx -y pnpm@12 start` serves, by default. */
const DEFAULT_LOCAL_URL = 'http://127.0.0.1:8787';

/** Where a local Cognito describes itself to callers on its own machine. */
const DEPLOYMENT_PATH = '/.local-cognito/deployment';

/** A server on this machine answers at once; one that was named may take longer over thousands of clients. Milliseconds. */
const PROBE_TIMEOUT_MS = 1_000;
const NAMED_TIMEOUT_MS = 10_000;

/** Asks whatever responds at an address for the deployment of a local Cognito; `undefined` if it is not one. */
export async function probeDeployment(url: string): Promise<LocalDeployment | undefined> {
  return fetchDeployment(url, PROBE_TIMEOUT_MS).catch(() => undefined);
}

/**
 * Asks a local Cognito that must be there.
 *
 * @throws {CliError} `ERR_LOCAL_UNREACHABLE`, `ERR_LOCAL_OTHER_ENVIRONMENT`.
 */
async function requireLocalDeployment(
  url: string,
  environmentName: string,
): Promise<LocalDeployment> {
  const deployment = await fetchDeployment(url, NAMED_TIMEOUT_MS).catch((cause: unknown) => {
    const message = `No local Cognito responds at ${withoutCredentials(url)}.`;
    const next = `npx -y pnpm@12 start --env ${environmentName}`;
    throw new CliError('ERR_LOCAL_UNREACHABLE', message, { cause, next });
  });
  if (deployment.environment === environmentName) return deployment;
  const message = `The local Cognito at ${withoutCredentials(url)} serves "${deployment.environment}"; expected "${environmentName}".`;
  throw new CliError('ERR_LOCAL_OTHER_ENVIRONMENT', message, {
    next: `the same command with --env ${deployment.environment}`,
  });
}

async function fetchDeployment(url: string, timeoutMs: number): Promise<LocalDeployment> {
  // The server is part of this repository; its answer is checked as far as it decides anything.
  const deployment: LocalDeployment = await getJson(new URL(DEPLOYMENT_PATH, url), timeoutMs);
  if (typeof deployment.environment !== 'string') throw new Error('not a local Cognito');
  return deployment;
}

/** Not `fetch`: its first call costs as much as everything else that a short command does. */
async function getJson<Answer>(url: URL, timeoutMs: number): Promise<Answer> {
  const { get } =
    url.protocol === 'https:' ? await import('node:https') : await import('node:http');
  const response = await new Promise<IncomingMessage>((resolve, reject) =>
    get(url, { signal: AbortSignal.timeout(timeoutMs) }, resolve).on('error', reject),
  );
  const body = await text(response);
  if (response.statusCode !== 200) throw new Error(`HTTP ${response.statusCode}`);
  return JSON.parse(body);
}

/** A local Cognito and its embedded DynamoDB take any credentials; these keep the SDK from looking for real ones. */
const LOCAL_CREDENTIALS = { accessKeyId: 'local', secretAccessKey: 'local' };

/** Creates the target of a running local Cognito. */
export function createLocalTarget(options: {
  readonly environment: Environment;
  readonly deployment: LocalDeployment;
}): Target {
  const { environment, deployment } = options;
  const { region } = environment;
  const { url, dynamoDbEndpoint: endpoint } = deployment;
  const client = new DynamoDBClient({ region, endpoint, credentials: LOCAL_CREDENTIALS });
  const findPool = (name: string) => deployment.pools.find((pool) => pool.name === name);
  const findClient = (poolName: string, clientName: string) =>
    findPool(poolName)?.clients.find(({ name }) => name === clientName);
  let secretClients: Promise<SecretClients> | undefined;
  const openSecretClients = () => {
    secretClients ??= createSecretClients(region, url);
    return secretClients;
  };
  // Here every client has an entry of ours, whoever owns it on AWS.
  const secretEntryOf = (poolName: string, clientName: string) => ({
    secretId: secretName(environment.name, poolName, clientName),
    clientId: undefined,
  });
  return {
    kind: 'local',
    label: `local Cognito at ${url}`,
    isReadOnly: deployment.isReadOnly,
    findPool: async (name) => toDeployedPool(findPool(name), deployment.tableName),
    listPoolNames: async () => deployment.pools.map(({ name }) => name),
    listClientIds: async (poolName) =>
      new Map(findPool(poolName)?.clients.map(({ name, clientId }) => [name, clientId])),
    findClientId: async (poolName, clientName) => findClient(poolName, clientName)?.clientId,
    async readScopes(pool, clientName, clientId) {
      const client = findDeclared(environment, pool.name, clientName);
      if (client?.clientId === undefined) return client?.scopes ?? [];
      const { readOwnersSettings } = await import('./owners-clients.ts');
      const { cognito } = await openSecretClients();
      return (await readOwnersSettings(cognito, pool.userPoolId, clientId))?.scopes ?? [];
    },
    secretEntryOf,
    async readCredentials(poolName, clientName) {
      const { readStoredSecret } = await import('./stored-secret.ts');
      const { secretsManager } = await openSecretClients();
      const entry = secretEntryOf(poolName, clientName);
      return (await readStoredSecret(secretsManager, entry)).credentials;
    },
    openSecretClients,
    openClaims: ({ tableName }) => createClaimsAccess(client, tableName),
    readCaller: async () => userInfo().username,
  };
}

function findDeclared(environment: Environment, poolName: string, clientName: string) {
  const pool = environment.pools.find(({ name }) => name === poolName);
  return pool?.clients.find(({ name }) => name === clientName);
}

function toDeployedPool(pool: LocalDeployment['pools'][number] | undefined, tableName: string) {
  if (pool === undefined) return undefined;
  const { name, userPoolId, issuer, jwksUri, tokenEndpoint } = pool;
  return { name, userPoolId, issuer, jwksUri, tokenEndpoint, tableName };
}

// Few commands need the SDKs of the two services, and they are slow to load.
async function createSecretClients(region: string, endpoint: string): Promise<SecretClients> {
  const { createLocalSecretClients } = await import('./local-secret-clients.ts');
  return createLocalSecretClients({ region, endpoint, credentials: LOCAL_CREDENTIALS });
}
