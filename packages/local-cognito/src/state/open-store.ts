import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { propertyOf } from '@cognito-m2m/claim-schema/values';
import type { Cleanup } from '../model/cleanup.ts';
import { LocalCognitoError } from '../model/errors.ts';
import { createMemoryStore, EMPTY_STATE, type LocalState, type StateStore } from './local-state.ts';

/**
 * Opens the state of a server, in a folder if there is one.
 *
 * @throws {LocalCognitoError} `ERR_LOCAL_DATA_IN_USE` or `ERR_LOCAL_DATA_INVALID`.
 */
export async function openStore(
  dataDirectory: string | undefined,
  cleanup: Cleanup,
): Promise<StateStore> {
  if (dataDirectory === undefined) return createMemoryStore(EMPTY_STATE);
  cleanup.add(await lockDataDirectory(dataDirectory));
  return createFileStore(dataDirectory);
}

const FILE_NAME = 'state.json';

/** Only the owner may read private keys and secrets. */
const FILE_MODE = 0o600;

/**
 * Creates a store that keeps the state in a folder.
 *
 * The folder is there. An update is on the disk before its promise resolves: written aside, flushed, then put in place by one rename.
 *
 * @throws {LocalCognitoError} `ERR_LOCAL_DATA_INVALID` for a file that this version cannot read.
 */
export async function createFileStore(directory: string): Promise<StateStore> {
  const file = join(directory, FILE_NAME);
  let state = await readState(file);
  let queue: Promise<unknown> = Promise.resolve();
  return {
    current: () => state,
    update(change) {
      const update = queue.then(async () => {
        const next = change(state);
        await writeAtomically(directory, file, JSON.stringify(next, null, 2));
        state = next;
      });
      // A failed update is its caller's news; the next one starts from the state before it.
      queue = update.catch(() => undefined);
      return update;
    },
  };
}

async function readState(file: string): Promise<LocalState> {
  const text = await readFile(file, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return undefined;
    throw unreadable(file, cause);
  });
  if (text === undefined) return EMPTY_STATE;
  const state = parseState(text);
  if (state?.version === EMPTY_STATE.version && typeof state.pools === 'object') return state;
  throw unreadable(file, new Error('it is not a state of this version'));
}

// Only this module writes the file, and whole: a version that fits is proof enough of the rest.
function parseState(text: string): LocalState | undefined {
  try {
    return JSON.parse(text) ?? undefined;
  } catch {
    return undefined;
  }
}

async function writeAtomically(directory: string, file: string, text: string): Promise<void> {
  const draft = `${file}.draft`;
  await flush(draft, 'w', (handle) => handle.writeFile(text));
  await rename(draft, file);
  // The rename itself is durable once the folder is flushed.
  await flush(directory, 'r', async () => undefined);
}

async function flush(
  path: string,
  flags: string,
  write: (handle: Awaited<ReturnType<typeof open>>) => Promise<void>,
): Promise<void> {
  const handle = await open(path, flags, FILE_MODE);
  try {
    await write(handle);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function unreadable(file: string, cause: unknown): LocalCognitoError {
  const reason = cause instanceof Error ? cause.message : 'unknown error';
  const message = `${file} cannot be read: ${reason}. Choose another folder with --data, or remove this one.`;
  return new LocalCognitoError('ERR_LOCAL_DATA_INVALID', message, { cause });
}

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
