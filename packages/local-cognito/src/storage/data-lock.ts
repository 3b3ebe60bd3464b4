import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LocalCognitoError } from '../errors.ts';

/**
 * Takes a data folder for this process alone.
 *
 * @returns A function that gives it free again; a process that dies leaves a lock that the next one takes over.
 * @throws {LocalCognitoError} `ERR_LOCAL_DATA_IN_USE` while another process has it.
 */
export async function lockDataDirectory(directory: string): Promise<() => Promise<void>> {
  await mkdir(directory, { recursive: true });
  const file = join(directory, 'lock');
  const isTaken = await writeLock(file).then(
    () => false,
    () => true,
  );
  if (isTaken) {
    const owner = Number(await readFile(file, 'utf8').catch(() => ''));
    if (isRunning(owner)) throw inUse(directory, owner);
    await rm(file, { force: true });
    await writeLock(file);
  }
  return () => rm(file, { force: true });
}

function writeLock(file: string): Promise<void> {
  return writeFile(file, String(process.pid), { flag: 'wx' });
}

function isRunning(processId: number): boolean {
  if (!Number.isInteger(processId) || processId <= 0 || processId === process.pid) return false;
  try {
    process.kill(processId, 0);
    return true;
  } catch (error) {
    // Somebody else's process may not be signalled, but it runs.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function inUse(directory: string, processId: number): LocalCognitoError {
  const message = `The data folder ${directory} is in use by process ${processId}. Stop it, or choose another folder with --data.`;
  return new LocalCognitoError('ERR_LOCAL_DATA_IN_USE', message);
}
