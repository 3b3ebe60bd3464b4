import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { propertyOf } from '@cognito-m2m/claim-schema/values';
import { LocalCognitoError } from '../model/errors.ts';

/** Only the owner may read private keys, secrets and claims. */
export const FOLDER_MODE = 0o700;

/**
 * Locks a data folder for this process.
 *
 * The lock is the one that LevelDB takes from the operating system for a database, here an empty one: it ends with the
 * process, however that ends, and no two processes can get it.
 *
 * @returns A function that gives the folder free again.
 * @throws {LocalCognitoError} `ERR_LOCAL_DATA_IN_USE` while another process has it; `ERR_LOCAL_DATA_INVALID` for what
 *   is not a folder and cannot become one.
 */
export async function lockDataDirectory(directory: string): Promise<() => Promise<void>> {
  await makeDirectory(directory);
  const location = join(directory, 'lock.db');
  const { ClassicLevel } = await loadLevel();
  const database = new ClassicLevel(location);
  try {
    await database.open();
  } catch (error) {
    throw isLocked(error) ? inUse(directory) : unusable(location, error);
  }
  return () => database.close();
}

/** Loaded only for a data folder: it is native, and an optional dependency of the published package. */
function loadLevel(): Promise<typeof import('classic-level')> {
  return import('classic-level').catch((cause: unknown) => {
    const message =
      'A data folder needs the package classic-level. Install it with: npm install classic-level';
    throw new LocalCognitoError('ERR_LOCAL_DATA_INVALID', message, { cause });
  });
}

async function makeDirectory(directory: string): Promise<void> {
  try {
    await mkdir(directory, { recursive: true, mode: FOLDER_MODE });
  } catch (cause) {
    const problem =
      propertyOf(cause, 'code') === 'EEXIST'
        ? 'is a file; expected a folder'
        : `cannot be created: ${propertyOf(cause, 'message')}`;
    const message = `The data folder ${directory} ${problem}.`;
    throw new LocalCognitoError('ERR_LOCAL_DATA_INVALID', message, { cause });
  }
}

function isLocked(error: unknown): boolean {
  return propertyOf(propertyOf(error, 'cause'), 'code') === 'LEVEL_LOCKED';
}

function inUse(directory: string): LocalCognitoError {
  const message = `The data folder ${directory} is in use by another process. Stop it, or choose another folder with --data.`;
  return new LocalCognitoError('ERR_LOCAL_DATA_IN_USE', message);
}

function unusable(location: string, cause: unknown): LocalCognitoError {
  const message = `The lock ${location} cannot be acquired. Remove it, or choose another folder with --data.`;
  return new LocalCognitoError('ERR_LOCAL_DATA_INVALID', message, { cause });
}
