import type { Cleanup } from '../cleanup.ts';
import { LocalCognitoError } from '../errors.ts';
import type { LocalCognitoOptions } from '../start-options.ts';
import type { Backing } from './backing.ts';
import { openEmbeddedBacking } from './embedded-backing.ts';

/**
 * Opens what a server stands on: an AWS-compatible API if the options name one, else an embedded DynamoDB.
 *
 * @param now - Epoch milliseconds.
 * @throws {LocalCognitoError} `ERR_LOCAL_OPTIONS_CONFLICT`, or as the one or the other says.
 */
export async function openBacking(
  { environment, endpointUrl, dataDirectory }: LocalCognitoOptions,
  now: number,
  cleanup: Cleanup,
): Promise<Backing> {
  if (endpointUrl === undefined) {
    return openEmbeddedBacking({ environment, dataDirectory, now }, cleanup);
  }
  if (dataDirectory !== undefined) {
    const message =
      'Both endpointUrl and dataDirectory are set: what is deployed is kept by the API at endpointUrl.';
    throw new LocalCognitoError('ERR_LOCAL_OPTIONS_CONFLICT', message);
  }
  // Loaded here alone: its two AWS clients would be a tenth of every other start.
  const { openDeployedBacking } = await import('./deployed-backing.ts');
  return openDeployedBacking(environment, endpointUrl, cleanup);
}
