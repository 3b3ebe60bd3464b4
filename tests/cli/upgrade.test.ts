import { execFile } from 'node:child_process';
import { mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { repositoryRoot } from '../support/repository.ts';

const execute = promisify(execFile);
const IDENTITY = ['-c', 'user.name=Team', '-c', 'user.email=team@example.com'];

// A clone with one product file and one file of the team, which the next version changes both.
let folder: string;
let clone: string;
beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'm2m-upgrade-')));
  clone = join(folder, 'clone');
  await execute('git', ['init', '--quiet', '--initial-branch', 'product', clone]);
  await commit({ '.gitattributes': 'team.ts merge=ours\n', 'team.ts': 'one', 'product.ts': 'one' });
  await git('switch', '--quiet', '--create', 'main');
  await commit({ 'team.ts': 'ours' });
  await git('switch', '--quiet', 'product');
  await commit({ 'team.ts': 'two', 'product.ts': 'two' });
  await git('switch', '--quiet', 'main');
});
afterEach(() => rm(folder, { recursive: true }));

const git = async (...args: readonly string[]) =>
  (await execute('git', [...IDENTITY, ...args], { cwd: clone })).stdout.trim();

async function commit(files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, text] of Object.entries(files)) await writeFile(join(clone, name), text);
  await git('add', '--all');
  await git('commit', '--quiet', '--message', 'a change');
}

/** Runs the command. @param path - Where programs are looked for first. */
function upgrade(path = '') {
  const script = join(repositoryRoot, 'bin', 'upgrade.mjs');
  const env = {
    ...process.env,
    PATH: [path, process.env['PATH']].join(delimiter),
    GIT_AUTHOR_NAME: 'Team',
    GIT_AUTHOR_EMAIL: 'team@example.com',
    GIT_COMMITTER_NAME: 'Team',
    GIT_COMMITTER_EMAIL: 'team@example.com',
  };
  return new Promise<{ exitCode: number; stdout: string; stderr: string }>((resolve) => {
    execFile(process.execPath, [script, 'product'], { cwd: clone, env }, (error, stdout, stderr) =>
      resolve({ exitCode: error === null ? 0 : Number(error.code ?? -1), stdout, stderr }),
    );
  });
}

/** Puts a program named git before the real one: it does something else for `git merge`. @returns Its folder. */
async function replaceMerge(merge: string): Promise<string> {
  const { stdout } = await execute('sh', ['-c', 'command -v git']);
  const script = `#!/bin/sh\nreal=${stdout.trim()}\nif [ "$1" = merge ]; then\n${merge}\nfi\nexec "$real" "$@"\n`;
  await writeFile(join(folder, 'git'), script, { mode: 0o755 });
  return folder;
}

const read = (name: string) => readFile(join(clone, name), 'utf8');
const parents = async () =>
  (await git('rev-list', '--parents', '-1', 'HEAD')).split(' ').length - 1;

test('product:upgrade merges the product and keeps the file of the team', async () => {
  const { exitCode, stdout } = await upgrade();

  expect({ exitCode, stdout }).toMatchObject({
    exitCode: 0,
    stdout: expect.stringMatching(/^Merged product\./),
  });
  expect([await read('product.ts'), await read('team.ts'), await parents()]).toEqual([
    'two',
    'ours',
    2,
  ]);
});

test.each([
  ['before it changed anything', 'kill -9 $$', 'was ended by SIGKILL'],
  [
    'after it changed files',
    'echo two > product.ts; "$real" add product.ts; kill -9 $$',
    'SIGKILL',
  ],
  ['with an error of its own', 'exit 128', 'failed with exit code 128'],
  ['as if it had merged', 'exit 0', 'failed with exit code 0'],
])('product:upgrade commits nothing if git merge ends %s', async (_when, merge, how) => {
  const before = await git('rev-parse', 'HEAD');

  const { exitCode, stdout, stderr } = await upgrade(await replaceMerge(merge));

  expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
  expect(stderr).toContain(how);
  expect(stderr).toContain('git reset --hard HEAD');
  expect(await git('rev-parse', 'HEAD')).toBe(before);
  await git('reset', '--hard', 'HEAD');
  expect((await upgrade()).exitCode).toBe(0);
});

test('product:upgrade that was killed after the merge says how to go on, and does', async () => {
  const path = await replaceMerge('"$real" "$@"; kill -9 $PPID; exit 0');
  const killed = await upgrade(path);

  const again = await upgrade();
  await git('merge', '--abort');
  const last = await upgrade();

  expect([killed.exitCode, again.exitCode, last.exitCode]).toEqual([-1, 1, 0]);
  expect(again.stderr).toContain('run git merge --abort, then the same command again.');
  expect([await read('team.ts'), await parents()]).toEqual(['ours', 2]);
});
