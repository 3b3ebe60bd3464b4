import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { repositoryRoot } from '../support/repository.ts';

/** Every command, and a file that it loads. */
const COMMANDS = [
  ['cli/bin/m2m.mjs', 'cli/src/m2m.ts'],
  ['local-cognito/bin/start.cjs', 'local-cognito/src/bin/start.ts'],
  ['contract/bin/check-contract.mjs', 'contract/src/check-contract.ts'],
] as const;

let packages: string;

beforeEach(async () => {
  packages = join(await realpath(await mkdtemp(join(tmpdir(), 'm2m-load-'))), 'packages');
  for (const path of ['load-command.mjs', ...COMMANDS.map(([command]) => command)]) {
    await cp(join(repositoryRoot, 'packages', path), join(packages, path));
  }
});
afterEach(() => rm(dirname(packages), { recursive: true }));

describe.each(COMMANDS)('%s', (command, source) => {
  test('the command says where its source has a fault, with no stack', async () => {
    const file = await writeSource(source, 'const answer =\n  42 {;\n');

    const { exitCode, stderr } = await run(command);

    expect(stderr).toBe(`${file}:2:6: Expected ";" but found "{"\n`);
    expect(exitCode).toBe(1);
  });

  test('the command keeps the stack of what it throws itself', async () => {
    await writeSource(source, 'throw new Error("a bug");\n');

    const { exitCode, stderr } = await run(command);

    expect(stderr).toMatch(/Error: a bug\n {4}at /);
    expect(exitCode).not.toBe(0);
  });

  test('the command says in a clone without packages how to get them', async () => {
    const { exitCode, stderr } = await run(command);

    expect(stderr).toBe('The package tsx is not installed. Run: npx -y pnpm@12 install\n');
    expect(exitCode).toBe(1);
  });
});

/** Writes a source file where packages are installed. */
async function writeSource(path: string, text: string): Promise<string> {
  const modules = join(dirname(packages), 'node_modules');
  await symlink(join(repositoryRoot, 'node_modules'), modules);
  const file = join(packages, path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(join(dirname(packages), 'package.json'), '{ "type": "module" }');
  await writeFile(file, text);
  return file;
}

function run(command: string) {
  return new Promise<{ exitCode: number; stderr: string }>((resolve) => {
    execFile(process.execPath, [join(packages, command)], (error, _, stderr) => {
      resolve({ exitCode: error === null ? 0 : Number(error.code ?? -1), stderr });
    });
  });
}
