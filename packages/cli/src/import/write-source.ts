import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, mkdir, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { type EnvironmentInput, findEnvironmentsDirectory } from '@cognito-m2m/environment';
import { CliError } from '../frame/errors.ts';
import { plainText } from '../frame/text.ts';
import type { DeclaredEnvironment } from './declare-environment.ts';
import type { Adoption, FoundAdoption } from './find-adoption.ts';
import type { ImportNote, Place } from './import-note.ts';
import type { ImportJson } from './render-import.ts';

/** What `--out` takes for stdout. */
const STDOUT = '-';

/** Where the file goes. */
interface Destination {
  /** `-` to print it. @default `<name>.ts` among the environment files */
  readonly file: string | undefined;
  readonly environmentsDirectory: string | undefined;
  /** True to overwrite. */
  readonly isForced: boolean;
}

/**
 * Writes the environment file, and next to it what the first deploy imports; nothing if one of them exists.
 *
 * @throws {CliError} `ERR_FILE_EXISTS`, `ERR_FILE_UNWRITABLE`.
 */
export async function writeEnvironment(
  destination: Destination,
  { value, notes }: DeclaredEnvironment,
  adoptions: readonly FoundAdoption[],
): Promise<Pick<ImportJson, 'file' | 'source' | 'adoption'>> {
  const source = await formatSource(renderSource(value, notes));
  if (destination.file === STDOUT) {
    return { file: null, source, adoption: adoptions.map(toAdoption(null)) };
  }
  const file = await findFile(value.name, destination);
  const files = await Promise.all(
    adoptions.map(({ stack }) => findImportsFile(stack, destination)),
  );
  await writeSource(file, source, destination);
  const adoption: Adoption[] = [];
  for (const [index, found] of adoptions.entries()) {
    const importsFile = files[index] ?? '';
    await writeImports(importsFile, found.blocks, destination);
    adoption.push(toAdoption(importsFile)(found));
  }
  return { file, adoption };
}

function toAdoption(file: string | null): (found: FoundAdoption) => Adoption {
  return ({ stack, imports }) => ({ stack, file, imports });
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
async function findImportsFile(stack: string, destination: Destination): Promise<string> {
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
async function writeImports(file: string, blocks: string, destination: Destination): Promise<void> {
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

/** Objects that get a line for each member, as people write them; the formatter breaks others where they do not fit. */
const EXPANDED: readonly (readonly string[])[] = [
  [],
  ['pools'],
  ['pools', '*'],
  ['pools', '*', 'resourceServers'],
  ['pools', '*', 'clients'],
  ['pools', '*', 'clients', '*'],
];

/**
 * Writes an environment as a TypeScript file, before the formatter has been over it.
 *
 * @param notes - What the file leaves out; each becomes a comment at the nearest thing that is declared.
 */
export function renderSource(input: EnvironmentInput, notes: readonly ImportNote[]): string {
  const comments = new Map<string, string[]>();
  for (const { place, what } of notes) {
    const key = commentKey(input, place);
    const subject = isDeclared(input, place) ? '' : `${place.client}: `;
    comments.set(key, [...(comments.get(key) ?? []), `Not declared: ${subject}${what}`]);
  }
  return [
    "import { defineEnvironment } from '@cognito-m2m/contract';",
    '',
    `export default defineEnvironment(${renderValue(input, [], comments)});`,
    '',
  ].join('\n');
}

/** A comment stands before the client it is about, before the pool, or before the pools. */
function commentKey(input: EnvironmentInput, place: Place): string {
  const { pool, client } = place;
  if (pool === undefined) return keyOf(['pools']);
  if (client === undefined || !isDeclared(input, place)) return keyOf(['pools', pool]);
  return keyOf(['pools', pool, 'clients', client]);
}

function isDeclared({ pools }: EnvironmentInput, { pool, client }: Place): boolean {
  if (client === undefined) return true;
  return Object.hasOwn(pools[pool ?? '']?.clients ?? {}, client);
}

function keyOf(path: readonly string[]): string {
  return JSON.stringify(path);
}

function renderValue(
  value: unknown,
  path: readonly string[],
  comments: ReadonlyMap<string, readonly string[]>,
): string {
  if (Array.isArray(value)) {
    return `[${value.map((member) => renderValue(member, [...path, '*'], comments)).join(', ')}]`;
  }
  if (typeof value !== 'object' || value === null) return renderScalar(value);
  const isExpanded = EXPANDED.some((pattern) => matches(path, pattern));
  const members = Object.entries(value).map(([name, member]) => {
    const memberPath = [...path, name];
    const lines = (comments.get(keyOf(memberPath)) ?? []).map((line) => `// ${plainText(line)}\n`);
    return `${lines.join('')}${JSON.stringify(name)}: ${renderValue(member, memberPath, comments)}`;
  });
  return isExpanded && members.length > 0
    ? `{\n${members.join(',\n')}\n}`
    : `{ ${members.join(', ')} }`;
}

/** As JSON, which TypeScript reads; what would break a line or reorder it is escaped. */
function renderScalar(value: unknown): string {
  return JSON.stringify(value).replace(
    /[\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function matches(path: readonly string[], pattern: readonly string[]): boolean {
  return (
    path.length === pattern.length &&
    pattern.every((part, index) => part === '*' || part === path[index])
  );
}
