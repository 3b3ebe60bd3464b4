import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Says whether a built file is newer than everything that it is made of.
 *
 * @param inputs - Files, and folders with all that is in them.
 */
export async function isUpToDate(built: string, inputs: readonly string[]): Promise<boolean> {
  try {
    const { mtimeMs: builtMs } = await stat(built);
    const changes = await Promise.all(inputs.map(findLastChange));
    return changes.every((changedMs) => changedMs < builtMs);
  } catch {
    // Something is missing: a build makes it, or says what is wrong.
    return false;
  }
}

/** When a file, or anything in a folder, was changed last, in epoch milliseconds; a removed file changes its folder. */
async function findLastChange(path: string): Promise<number> {
  const found = await stat(path);
  if (!found.isDirectory()) return found.mtimeMs;
  const names = await readdir(path, { recursive: true });
  const inside = await Promise.all(names.map((name) => stat(join(path, name))));
  return Math.max(found.mtimeMs, ...inside.map(({ mtimeMs }) => mtimeMs));
}
