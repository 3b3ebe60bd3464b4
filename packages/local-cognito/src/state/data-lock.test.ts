import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { lockDataDirectory } from './open-store.ts';

let parent: string;
let directory: string;
beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'data-lock-'));
  directory = join(parent, 'data');
});
afterEach(() => rm(parent, { recursive: true }));

test('one of many that ask at the same time gets the folder', async () => {
  const asked = await Promise.allSettled([1, 2, 3, 4].map(() => lockDataDirectory(directory)));

  const unlock = asked.flatMap((one) => (one.status === 'fulfilled' ? one.value : []));
  const refused = asked.flatMap((one) => (one.status === 'rejected' ? one.reason.code : []));
  expect(unlock).toHaveLength(1);
  expect(refused).toEqual(Array(3).fill('ERR_LOCAL_DATA_IN_USE'));
  await unlock[0]?.();
});

test('a folder that was given free can be taken again', async () => {
  const unlock = await lockDataDirectory(directory);
  await unlock();

  await expect(lockDataDirectory(directory).then((free) => free())).resolves.toBeUndefined();
});

test('a folder is taken while another process has it, and free as soon as that is killed', async () => {
  const module = new URL('./open-store.ts', import.meta.url).href;
  const script = `const { lockDataDirectory } = await import('${module}');
    await lockDataDirectory(process.argv[1]);
    console.log('locked');
    setInterval(() => {}, 1000);`;
  const args = ['--import', 'tsx', '--input-type=module', '-e', script, directory];
  const other = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(other.stdout, 'data');

  const meanwhile = lockDataDirectory(directory);
  await expect(meanwhile).rejects.toMatchObject({
    code: 'ERR_LOCAL_DATA_IN_USE',
    message: expect.stringContaining(directory),
  });
  other.kill('SIGKILL');
  await once(other, 'exit');

  const unlock = await lockDataDirectory(directory);
  await unlock();
}, 30_000);

test('only the owner can read a new folder', async () => {
  const unlock = await lockDataDirectory(directory);
  await unlock();

  expect((await stat(directory)).mode & 0o777).toBe(0o700);
});

test('a file is refused as a data folder', async () => {
  await writeFile(directory, '');

  await expect(lockDataDirectory(directory)).rejects.toMatchObject({
    code: 'ERR_LOCAL_DATA_INVALID',
    message: `The data folder ${directory} is a file; expected a folder.`,
  });
});

test('a folder that cannot be created is refused with the reason', async () => {
  await writeFile(directory, '');

  await expect(lockDataDirectory(join(directory, 'below'))).rejects.toMatchObject({
    code: 'ERR_LOCAL_DATA_INVALID',
    message: expect.stringMatching(/below cannot be created: ENOTDIR/),
  });
});
