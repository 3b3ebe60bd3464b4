import type { Environment } from '@cognito-m2m/environment';
import type { Cleanup } from '../model/cleanup.ts';
import { LocalCognitoError } from '../model/errors.ts';
import type { Backing } from './backing.ts';
import { openEmbeddedBacking } from './embedded-backing.ts';

/** What decides where pools, clients and claims come from; see `LocalCognitoOptions`. */
interface BackingOptions {
  readonly environment: Environment;
  readonly endpointUrl?: string;
  readonly dataDirectory?: string;
  readonly allowsClientTokenAuth?: boolean;
}

/**
 * Opens what a server stands on: an AWS-compatible API if the options name one, else an embedded DynamoDB.
 *
 * @param now - Epoch milliseconds.
 * @throws {LocalCognitoError} `ERR_LOCAL_OPTIONS_CONFLICT`, or as the one or the other says.
 */
export async function openBacking(
  { environment, endpointUrl, dataDirectory, allowsClientTokenAuth = false }: BackingOptions,
  now: number,
  cleanup: Cleanup,
): Promise<Backing> {
  if (endpointUrl === undefined) {
    const options = { environment, dataDirectory, allowsClientTokenAuth, now };
    return openEmbeddedBacking(options, cleanup);
  }
  if (dataDirectory !== undefined) throw conflict('dataDirectory', 'is kept');
  if (allowsClientTokenAuth) throw conflict('allowsClientTokenAuth', 'is allowed');
  // Loaded only here: its two AWS clients would add a tenth to every other start.
  const { openDeployedBacking } = await import('./deployed-backing.ts');
  return openDeployedBacking(environment, endpointUrl, cleanup);
}

function conflict(option: string, rule: string): LocalCognitoError {
  const message = `Both endpointUrl and ${option} are set: what ${rule} is up to the API at endpointUrl.`;
  return new LocalCognitoError('ERR_LOCAL_OPTIONS_CONFLICT', message);
}
