import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { importFile } from './import-file.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'm2m-import-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function write(name: string, text: string): Promise<string> {
  const file = join(folder, name);
  await writeFile(file, text);
  return file;
}

test('a file outside the repository imports the contract, its neighbours and Node.js', async () => {
  await write('_shared.ts', 'export const owner: string = "platform";\n');
  const file = await write(
    'dev.ts',
    `import { basename } from 'node:path';
     import { defineEnvironment } from '@cognito-m2m/contract';
     import type { PoolInput } from '@cognito-m2m/environment';
     import { owner } from './_shared.ts';
     const pools: { [name: string]: PoolInput } = {};
     export default defineEnvironment({ name: basename('a/dev'), owner, pools });`,
  );

  expect((await importFile(file)).default).toEqual({ name: 'dev', owner: 'platform', pools: {} });
});

test('a file may ask where it is', async () => {
  const file = await write('dev.ts', 'export default [import.meta.url, import.meta.dirname];');

  expect((await importFile(file)).default).toEqual([pathToFileURL(file).href, folder]);
});

test('a package.json that says CommonJS changes nothing', async () => {
  await write('package.json', '{ "type": "commonjs" }');

  expect((await importFile(await write('dev.ts', 'export default 1;'))).default).toBe(1);
});

test.each([
  [
    'a fault of the syntax',
    'const answer =\n  42 {;\n',
    /dev\.ts:2:6: Expected ";" but found "{"$/,
  ],
  [
    'a missing neighbour',
    "import './_gone.ts';\n",
    /dev\.ts:1:8: Could not resolve "\.\/_gone\.ts"$/,
  ],
  ['what the file throws', 'throw new Error("no");\n', /^no$/],
])('the error for %s says where it is', async (_case, text, message) => {
  await expect(importFile(await write('dev.ts', text))).rejects.toThrow(message);
});
