import { open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { LocalCognitoError } from '../model/errors.ts';
import { EMPTY_STATE, type LocalState, type StateStore } from './local-state.ts';

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
