import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { TriggerRunner } from './trigger-call.ts';
import { createTriggerRunner } from './trigger-runner.ts';

/** Answers with the folder in which the child process of the named form has started. */
const BUNDLE = `
import { exec, execFile, execFileSync, execSync, fork, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { text } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';

const PRINT = ['-e', 'process.stdout.write(process.cwd())'];
const required = createRequire(import.meta.url)('child_process');
const forms = {
  spawn: () => text(spawn(process.execPath, PRINT).stdout),
  'spawn with options': () => text(spawn(process.execPath, PRINT, { stdio: 'pipe' }).stdout),
  'spawn of a relative program': () => text(spawn('./print-folder').stdout),
  exec: () => new Promise((resolve) => exec('pwd -P', (_error, output) => resolve(output))),
  'exec as a promise': async () => (await promisify(exec)('pwd -P')).stdout,
  execFile: () => new Promise((resolve) => execFile('pwd', ['-P'], (_error, output) => resolve(output))),
  'execFile as a promise': async () => (await promisify(execFile)('pwd', ['-P'])).stdout,
  fork: async () => (await once(fork('./child.mjs'), 'message'))[0],
  spawnSync: () => spawnSync('pwd', ['-P']).stdout.toString(),
  'spawnSync without arguments': () => spawnSync('./print-folder').stdout.toString(),
  'spawnSync with undefined arguments': () => spawnSync('./print-folder', undefined, undefined).stdout.toString(),
  execSync: () => execSync('pwd -P').toString(),
  'execSync with options': () => execSync('pwd -P', { encoding: 'utf8' }),
  execFileSync: () => execFileSync('pwd', ['-P'], { encoding: 'utf8' }),
  'required execSync': () => required.execSync('pwd -P').toString(),
  'spawn in a relative folder': () => text(spawn(process.execPath, PRINT, { cwd: 'data' }).stdout),
  'execSync in a relative folder': () => execSync('pwd -P', { cwd: 'data' }).toString(),
  'spawn in another folder': () => text(spawn(process.execPath, PRINT, { cwd: '/' }).stdout),
  'execFileSync in another folder': () => execFileSync('pwd', ['-P'], { cwd: pathToFileURL('/') }).toString(),
};
export const handler = async ({ form }) => String(await forms[form]()).trim();
`;

let folder: string;
let runner: TriggerRunner;
beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'task-root-')));
  await mkdir(join(folder, 'data'));
  await writeFile(join(folder, 'index.mjs'), BUNDLE);
  await writeFile(join(folder, 'child.mjs'), 'process.send(process.cwd());');
  await writeFile(join(folder, 'print-folder'), '#!/bin/sh\npwd -P\n', { mode: 0o755 });
  runner = createTriggerRunner({
    bundleUrl: pathToFileURL(join(folder, 'index.mjs')).href,
    environment: { PATH: process.env['PATH'] ?? '' },
    functionArn: 'arn:aws:lambda:eu-central-1:000000000000:function:children',
    memoryMb: 128,
    handlerName: 'handler',
    runtime: 'nodejs22.x',
    taskRoot: folder,
    timeoutMs: 30_000,
    onLog: undefined,
  });
});
afterAll(async () => {
  await runner.close();
  await rm(folder, { recursive: true });
});

test.each([
  ['spawn', ''],
  ['spawn with options', ''],
  ['spawn of a relative program', ''],
  ['exec', ''],
  ['exec as a promise', ''],
  ['execFile', ''],
  ['execFile as a promise', ''],
  ['fork', ''],
  ['spawnSync', ''],
  ['spawnSync without arguments', ''],
  ['spawnSync with undefined arguments', ''],
  ['execSync', ''],
  ['execSync with options', ''],
  ['execFileSync', ''],
  ['required execSync', ''],
  ['spawn in a relative folder', 'data'],
  ['execSync in a relative folder', 'data'],
])('%s starts a child process in the folder of the bundle: "%s"', async (form, inside) => {
  const result = await runner.invoke(JSON.stringify({ form }));

  expect(result).toEqual({ ok: true, value: JSON.stringify(join(folder, inside)) });
});

test.each(['spawn in another folder', 'execFileSync in another folder'])(
  '%s starts a child process there',
  async (form) => {
    const result = await runner.invoke(JSON.stringify({ form }));

    expect(result).toEqual({ ok: true, value: '"/"' });
  },
);
