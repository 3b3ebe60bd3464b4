import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { findEnvironmentsDirectory } from '@cognito-m2m/environment';
import { CliError } from '../frame/errors.ts';

/** Where the file goes. */
interface Destination {
  /** @default `<name>.ts` among the environment files */
  readonly file: string | undefined;
  readonly environmentsDirectory: string | undefined;
  /** True to overwrite. */
  readonly isForced: boolean;
}

/**
 * Finds the file to write.
 *
 * @throws {CliError} `ERR_FILE_EXISTS` if it is there and must not be overwritten.
 */
export async function findFile(environmentName: string, destination: Destination): Promise<string> {
  const { environmentsDirectory, isForced } = destination;
  const directory = environmentsDirectory ?? (await findEnvironmentsDirectory(process.cwd()));
  const file = destination.file ?? join(directory, `${environmentName}.ts`);
  const isThere = await access(file).then(
    () => true,
    () => false,
  );
  if (isThere && !isForced) throw fileExists(file);
  return file;
}

/** Writes the file; without `isForced` it must not have come into being since. */
export async function writeSource(
  file: string,
  source: string,
  { isForced }: Destination,
): Promise<void> {
  await writeFile(file, source, { flag: isForced ? 'w' : 'wx' }).catch(
    (cause: NodeJS.ErrnoException) => {
      const code = cause.code ?? 'unknown';
      if (code === 'EEXIST') throw fileExists(file);
      throw new CliError('ERR_FILE_UNWRITABLE', `${file} can't be written: ${code}.`, {
        cause,
        next: 'the same command with --out <file>, or --out - to print it',
      });
    },
  );
}

function fileExists(file: string): CliError {
  const next = 'the same command with --force, or --out - to look first';
  return new CliError('ERR_FILE_EXISTS', `${file} is there already.`, { next });
}

/** Where Biome finds the repository's settings; the text itself comes through a pipe. */
const PACKAGE_DIRECTORY = fileURLToPath(new URL('../..', import.meta.url));

/** Formats TypeScript as the repository's own check wants it, with the same Biome. */
export async function formatSource(source: string): Promise<string> {
  const biome = createRequire(import.meta.url).resolve('@biomejs/biome/bin/biome');
  const child = spawn(process.execPath, [biome, 'format', '--stdin-file-path=environment.ts'], {
    cwd: PACKAGE_DIRECTORY,
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  child.stdin.end(source);
  const [formatted, [exitCode]] = await Promise.all([text(child.stdout), once(child, 'close')]);
  if (exitCode !== 0) throw new Error(`Biome ended with ${exitCode}`);
  return formatted;
}
