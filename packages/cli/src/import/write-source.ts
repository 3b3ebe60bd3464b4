import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, mkdir, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { findEnvironmentsDirectory } from '@cognito-m2m/environment';
import { CliError } from '../frame/errors.ts';

/** Where the file goes. */
export interface Destination {
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
  const directory = await directoryOf(destination);
  const file = destination.file ?? join(directory, `${environmentName}.ts`);
  await refuseExisting(file, destination);
  return file;
}

/**
 * Finds the file of a stack's `import` blocks, where a deploy reads it: `imports/<stack>.tf`, next to the folder of the
 * environment files.
 *
 * @throws {CliError} `ERR_FILE_EXISTS` if it exists and must not be overwritten.
 */
export async function findImportsFile(stack: string, destination: Destination): Promise<string> {
  const file = join(dirname(await directoryOf(destination)), 'imports', `${stack}.tf`);
  await refuseExisting(file, destination);
  return file;
}

async function directoryOf({ environmentsDirectory }: Destination): Promise<string> {
  return environmentsDirectory ?? findEnvironmentsDirectory(process.cwd());
}

async function refuseExisting(file: string, { isForced }: Destination): Promise<void> {
  const isThere = await access(file).then(
    () => true,
    () => false,
  );
  if (isThere && !isForced) throw fileExists(file);
}

/** Writes the file; without `isForced` it must not have come into being since. */
export async function writeSource(
  file: string,
  source: string,
  { isForced }: Destination,
): Promise<void> {
  const flag = isForced ? 'w' : 'wx';
  await writeFile(file, source, { flag }).catch((cause: NodeJS.ErrnoException) => {
    throw cause.code === 'EEXIST' ? fileExists(file) : unwritable(file, cause);
  });
}

/** Writes the `import` blocks of a stack; the folder comes into being with the first of them. */
export async function writeImports(
  file: string,
  blocks: string,
  destination: Destination,
): Promise<void> {
  await mkdir(dirname(file), { recursive: true }).catch((cause: NodeJS.ErrnoException) => {
    throw unwritable(dirname(file), cause);
  });
  await writeSource(file, blocks, destination);
}

function unwritable(path: string, cause: NodeJS.ErrnoException): CliError {
  const message = `${path} cannot be written: ${cause.code ?? 'unknown'}.`;
  return new CliError('ERR_FILE_UNWRITABLE', message, {
    cause,
    next: 'the same command with --out <file>, or --out - to print it',
  });
}

function fileExists(file: string): CliError {
  const next = 'the same command with --force, or --out - to look first';
  return new CliError('ERR_FILE_EXISTS', `${file} already exists.`, { next });
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
