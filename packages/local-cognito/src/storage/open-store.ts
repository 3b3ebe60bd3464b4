import type { Environment } from '@cognito-m2m/environment';
import type { Cleanup } from '../cleanup.ts';
import { lockDataDirectory } from './data-lock.ts';
import { createFileStore } from './file-store.ts';
import { EMPTY_STATE } from './local-state.ts';
import { reconcileState } from './reconcile-state.ts';
import { createMemoryStore, type StateStore } from './state-store.ts';

/**
 * Opens the state of an environment, in a folder if there is one, and brings it in line with the environment.
 *
 * @param now - Epoch milliseconds.
 * @throws {LocalCognitoError} `ERR_LOCAL_DATA_IN_USE` or `ERR_LOCAL_DATA_INVALID`.
 */
export async function openStore(
  environment: Environment,
  dataDirectory: string | undefined,
  now: number,
  cleanup: Cleanup,
): Promise<StateStore> {
  if (dataDirectory !== undefined) cleanup.add(await lockDataDirectory(dataDirectory));
  const store =
    dataDirectory === undefined
      ? createMemoryStore(EMPTY_STATE)
      : await createFileStore(dataDirectory);
  await store.update((state) => reconcileState(state, environment, now));
  return store;
}
