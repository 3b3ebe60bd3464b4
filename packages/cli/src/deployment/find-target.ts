import type { IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import type { Environment } from '@cognito-m2m/environment';
import type { LocalDeployment } from '@cognito-m2m/local-cognito/environment';
import type { Variables } from '../frame/command.ts';
import { CliError } from '../frame/errors.ts';
import { withoutCredentials } from '../frame/output/text.ts';
import type { Target } from '../frame/target.ts';

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
    return openLocal(environment, await requireLocalDeployment(localUrl, environment.name));
  }
  const endpointUrl = readEndpointUrl(variables);
  const isLocalExpected =
    !isAwsForced && endpointUrl === undefined && environment.state.type === 'local';
  const local = isLocalExpected ? await probeDeployment(DEFAULT_LOCAL_URL) : undefined;
  if (local?.environment === environment.name) return openLocal(environment, local);
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

async function openLocal(
  environment: Environment,
  deployment: Awaited<ReturnType<typeof requireLocalDeployment>>,
): Promise<Target> {
  const { createLocalTarget } = await import('./local-target.ts');
  return createLocalTarget({ environment, deployment });
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
