import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { findFile, writeSource } from './write-source.ts';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'm2m-write-'));
  await writeFile(join(directory, 'there.ts'), 'before');
});
afterAll(() => rm(directory, { recursive: true }));

const into = (file?: string, isForced = false) => ({
  file,
  environmentsDirectory: directory,
  isForced,
});

test('a file goes among the environment files, under the environment’s name', async () => {
  expect(await findFile('fresh', into())).toBe(join(directory, 'fresh.ts'));
});

test('a file that is there is kept, and named', async () => {
  const file = join(directory, 'there.ts');

  await expect(findFile('there', into())).rejects.toMatchObject({
    code: 'ERR_FILE_EXISTS',
    message: expect.stringContaining(file),
  });
  // It may also come into being between the look and the write.
  await expect(writeSource(file, 'after', into())).rejects.toMatchObject({
    code: 'ERR_FILE_EXISTS',
  });
  expect(await readFile(file, 'utf8')).toBe('before');
});

test('a file that is there is overwritten when forced', async () => {
  const file = await findFile('forced', into(join(directory, 'there.ts'), true));

  await writeSource(file, 'after', into(undefined, true));

  expect(await readFile(file, 'utf8')).toBe('after');
});

test('a folder that is not there is an error that says so', async () => {
  const file = join(directory, 'nowhere', 'x.ts');

  await expect(writeSource(file, '', into(file))).rejects.toMatchObject({
    code: 'ERR_FILE_UNWRITABLE',
    message: expect.stringContaining('ENOENT'),
  });
});
