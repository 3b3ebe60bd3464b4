import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { LocalState } from './local-state.ts';
import { createFileStore } from './open-store.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'local-cognito-'));
});
afterEach(() => rm(directory, { recursive: true }));

test('the file store begins empty and gives back what was kept', async () => {
  const store = await createFileStore(directory);
  expect(store.current()).toEqual({ version: 1, pools: {} });

  await store.update(withPoolId('pool-1'));

  expect((await createFileStore(directory)).current()).toEqual(store.current());
});

test('the file store keeps updates that overlap in their order', async () => {
  const store = await createFileStore(directory);

  await Promise.all(['a', 'b', 'c'].map((id) => store.update(withPoolId(id))));

  expect(JSON.parse(await readFile(join(directory, 'state.json'), 'utf8'))).toEqual(
    withPoolId('c')(),
  );
});

test('the file store drops an update that throws and goes on', async () => {
  const store = await createFileStore(directory);
  const failing = store.update(() => {
    throw new RangeError('no');
  });

  await expect(failing).rejects.toThrow(RangeError);
  await store.update(withPoolId('after'));
  expect(store.current()).toEqual(withPoolId('after')());
});

test('the file store leaves no draft and lets nobody else read the keys', async () => {
  const store = await createFileStore(directory);
  await store.update(withPoolId('pool-1'));

  expect(await readdir(directory)).toEqual(['state.json']);
  expect((await stat(join(directory, 'state.json'))).mode & 0o777).toBe(0o600);
});

test.each(['', '{"version":', '{"version":2,"pools":{}}', 'null'])(
  'the file store refuses a file that holds %j',
  async (text) => {
    await writeFile(join(directory, 'state.json'), text);

    await expect(createFileStore(directory)).rejects.toMatchObject({
      code: 'ERR_LOCAL_DATA_INVALID',
    });
  },
);

function withPoolId(userPoolId: string): () => LocalState {
  return () => ({
    version: 1,
    pools: { payments: { userPoolId, createdAt: 0, signingKeys: [], clients: {} } },
  });
}
