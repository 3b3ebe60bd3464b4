import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import type { LocalDeployment } from '@cognito-m2m/local-cognito/environment';
import { CliError } from '../frame/errors.ts';
import { withoutCredentials } from '../frame/output/text.ts';

/** Where `npx -y pnpm@12 start` serves, by default. */
export const DEFAULT_LOCAL_URL = 'http://127.0.0.1:8787';

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
export async function requireLocalDeployment(
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
  const deployment = (await getJson(new URL(DEPLOYMENT_PATH, url), timeoutMs)) as LocalDeployment;
  if (typeof deployment.environment !== 'string') throw new Error('not a local Cognito');
  return deployment;
}

/** Not `fetch`: its first call costs as much as everything else that a short command does. */
async function getJson(url: URL, timeoutMs: number): Promise<unknown> {
  const { get } =
    url.protocol === 'https:' ? await import('node:https') : await import('node:http');
  const request = get(url, { signal: AbortSignal.timeout(timeoutMs) });
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  const body = await text(response);
  if (response.statusCode !== 200) throw new Error(`HTTP ${response.statusCode}`);
  return JSON.parse(body);
}
