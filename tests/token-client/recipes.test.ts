import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { decodeJwt } from 'jose';
import { mustRun } from '../support/must-run.ts';
import { startTokenWorld, type TokenWorld } from './token-world.ts';

// A compiler and a process of its own, on a machine that may be busy.
jest.setTimeout(120_000);

const execute = promisify(execFile);
const RECIPES = fileURLToPath(new URL('../../docs/recipes/', import.meta.url));
const DRIVERS = fileURLToPath(new URL('recipes/', import.meta.url));

/** A language: how its recipe and its driver are put together, and run. */
interface Language {
  readonly name: string;
  readonly program: string;
  /** Where files go, by what they are copied from. */
  readonly files: { readonly [source: string]: string };
  readonly prepare?: (folder: string) => Promise<unknown>;
  readonly command: readonly string[];
}

const LANGUAGES: readonly Language[] = [
  {
    name: 'Python',
    program: 'python3',
    files: { 'token_client.py': 'token_client.py', 'drive.py': 'drive.py' },
    command: ['python3', 'drive.py'],
  },
  {
    name: 'Go',
    program: 'go',
    files: { 'token_client.go': 'tokens/token_client.go', 'drive.go': 'drive.go' },
    prepare: async (folder) => {
      await writeFile(join(folder, 'go.mod'), 'module recipes\n\ngo 1.19\n');
      // The standard library is compiled once for all tests.
      const env = { ...process.env, GOCACHE: '/tmp/go-cache' };
      return execute('go', ['build', '-o', 'drive', '.'], { cwd: folder, env });
    },
    command: ['./drive'],
  },
  {
    name: 'Java',
    program: 'javac',
    files: { 'TokenClient.java': 'TokenClient.java', 'Drive.java': 'Drive.java' },
    prepare: (folder) =>
      execute('javac', ['-Xlint:all,-serial', '-Werror', 'TokenClient.java', 'Drive.java'], {
        cwd: folder,
      }),
    command: ['java', '-cp', '.', 'Drive'],
  },
];

let world: TokenWorld;
let folder: string;
const running: ChildProcess[] = [];

beforeAll(async () => {
  world = await startTokenWorld();
  folder = await mkdtemp(join(tmpdir(), 'token-recipes-'));
});

afterAll(async () => {
  for (const child of running) child.kill();
  await Promise.all([world?.close(), rm(folder, { recursive: true })]);
});

// Where all tests must run, one without its language fails.
const installed = await Promise.all(LANGUAGES.map(({ program }) => isInstalled(program)));
const runnable = LANGUAGES.filter((_, index) => installed[index] || mustRun);
const skipped = LANGUAGES.filter((language) => !runnable.includes(language));

const tenantOf = (token = '') => decodeJwt(token)['tenant_id'];

if (skipped.length > 0) {
  test.skip.each(skipped)('the recipe for $name is not run: $program is not on the PATH', () => {});
}

describe.each(runnable)('the recipe for $name', ({ name, files, prepare, command }) => {
  test('the recipe requests one token for each tenant, and reads a rotated secret again', async () => {
    const place = join(folder, name);
    await mkdir(join(place, 'tokens'), { recursive: true });
    for (const [source, target] of Object.entries(files)) {
      const from = /^drive/i.test(source) ? DRIVERS : RECIPES;
      await copyFile(join(from, source), join(place, target));
    }
    await prepare?.(place);
    const secretFile = join(place, 'secret.json');
    await writeFile(secretFile, await world.readSecret('portal'));
    const [first = '', ...rest] = command;
    const { pool } = world.clientOf('portal');
    const child = spawn(first, [...rest, pool.tokenEndpoint, secretFile], { cwd: place });
    running.push(child);
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const next = async (): Promise<string[]> => JSON.parse((await lines.next()).value ?? '[]');
    const issuedBefore = world.issued();

    const [together, other] = [await next(), await next()];
    const issued = world.issued() - issuedBefore;
    await world.rotate('portal');
    await writeFile(secretFile, await world.readSecret('portal'));
    child.stdin.end('go on\n');
    const [rotated, kept, refused] = [await next(), await next(), await next()];

    expect(together.map(tenantOf)).toEqual(['t-1']);
    expect(other.map(tenantOf)).toEqual(['t-2']);
    expect(issued).toBe(2);
    expect(rotated.map(tenantOf)).toEqual(['t-3']);
    expect(kept).toEqual(together);
    expect(refused).toEqual(['refused', expect.stringContaining('ERR_METADATA_NOT_ALLOWED')]);
  });
});

async function isInstalled(program: string): Promise<boolean> {
  return execute('sh', ['-c', `command -v ${program}`]).then(
    () => true,
    () => false,
  );
}
