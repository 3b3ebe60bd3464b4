import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { contract } from '@cognito-m2m/claim-schema/fixtures';
import { anEnvironment } from '@cognito-m2m/environment/fixtures';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import {
  findEnvironmentsDirectory,
  listEnvironments,
  loadEnvironment,
} from './load-environment.ts';

let directory = '';

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'environments-'));
  const files = {
    'test.ts': `export default ${JSON.stringify(anEnvironment())};`,
    'renamed.ts': `export default ${JSON.stringify(anEnvironment())};`,
    'broken.ts': `export default ${JSON.stringify({ ...anEnvironment({ name: 'broken' }), region: 1, nope: 2 })};`,
    'misnamed.ts': `export default ${JSON.stringify({ ...anEnvironment(), region: 1 })};`,
    'unnamed.ts': `export default ${JSON.stringify({ ...anEnvironment(), name: 1 })};`,
    'empty.ts': 'export const nothing = 1;',
    'throws.ts': 'throw new Error("no such account");',
    '_shared.ts': 'export const shared = 1;',
    'test.test.ts': '',
    'notes.md': '',
  };
  for (const [name, text] of Object.entries(files)) await writeFile(join(directory, name), text);
});

afterAll(() => rm(directory, { recursive: true }));

test('the loader loads a file by its name', async () => {
  const environment = await loadEnvironment('test', { contract, directory });

  expect(environment.pools[0]?.name).toBe('payments');
});

test('the loader lists the files, without shared ones and tests', async () => {
  const names = await listEnvironments({ directory });

  expect(names).toEqual(['broken', 'empty', 'misnamed', 'renamed', 'test', 'throws', 'unnamed']);
});

test.each([
  [
    'nope',
    'ERR_ENVIRONMENT_UNKNOWN',
    /known: broken, empty, misnamed, renamed, test, throws, unnamed/,
  ],
  ['../test', 'ERR_ENVIRONMENT_UNKNOWN', /No environment/],
  [
    'renamed',
    'ERR_ENVIRONMENT_INVALID',
    /name: not the name of the file \(got test; expected renamed\)/,
  ],
  ['misnamed', 'ERR_ENVIRONMENT_INVALID', /has 2 faults:\n.*region: .*\n.*name: not the name/],
  ['unnamed', 'ERR_ENVIRONMENT_INVALID', /has 1 fault:\n.*name: wrong type/],
  ['broken', 'ERR_ENVIRONMENT_INVALID', /has 2 faults/],
  ['empty', 'ERR_ENVIRONMENT_UNREADABLE', /no default export/],
  ['throws', 'ERR_ENVIRONMENT_UNREADABLE', /no such account/],
])('the loader answers %p with %p', async (name, code, message) => {
  const loading = loadEnvironment(name, { contract, directory });

  await expect(loading).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
});

test('the loader finds the folder of the enclosing repository', async () => {
  const found = await findEnvironmentsDirectory(import.meta.dirname);

  expect(found).toMatch(/infra[\\/]environments$/);
});

test('the loader says how to name the folder where there is none', async () => {
  const finding = findEnvironmentsDirectory('/');

  await expect(finding).rejects.toMatchObject({ code: 'ERR_ENVIRONMENT_FOLDER_UNREADABLE' });
});

test('a folder that is not there is no fault of a file', async () => {
  const listing = listEnvironments({ directory: join(directory, 'nope') });

  await expect(listing).rejects.toMatchObject({ code: 'ERR_ENVIRONMENT_FOLDER_UNREADABLE' });
});
