import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { isUpToDate } from './build-trigger.ts';

const BUILT_SECONDS = 1_000_000;

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'up-to-date-'));
  await mkdir(join(folder, 'src/deep'), { recursive: true });
  await write('src/deep/a.ts', BUILT_SECONDS - 1);
  await write('lock.yaml', BUILT_SECONDS - 1);
  await write('built.mjs', BUILT_SECONDS);
  await setTime('src/deep', BUILT_SECONDS - 1);
  await setTime('src', BUILT_SECONDS - 1);
});
afterEach(() => rm(folder, { recursive: true }));

const setTime = (name: string, seconds: number) => utimes(join(folder, name), seconds, seconds);

async function write(name: string, seconds: number): Promise<void> {
  await writeFile(join(folder, name), '');
  await setTime(name, seconds);
}

const check = () =>
  isUpToDate(join(folder, 'built.mjs'), [join(folder, 'src'), join(folder, 'lock.yaml')]);

test('a file that is newer than all of its inputs is up to date', async () => {
  expect(await check()).toBe(true);
});

test.each(['src/deep/a.ts', 'src/deep', 'lock.yaml'])(
  'a file that is as old as %s is not',
  async (input) => {
    await setTime(input, BUILT_SECONDS);

    expect(await check()).toBe(false);
  },
);

test.each(['built.mjs', 'lock.yaml'])('nothing is up to date without %s', async (missing) => {
  await rm(join(folder, missing));

  expect(await check()).toBe(false);
});
