import { expect, test } from '@jest/globals';
import { createOptionalReads } from './optional-reads.ts';

function failure(name: string, httpStatusCode = 400): Error {
  return Object.assign(new Error('refused'), { name, $metadata: { httpStatusCode } });
}

test('an answer is the answer', async () => {
  const reads = createOptionalReads();

  expect(await reads.read('groups', Promise.resolve(['admins']))).toEqual(['admins']);
  expect(reads.notRead).toEqual([]);
});

test.each([
  ['what is not there is no news', failure('ResourceNotFoundException'), [], []],
  [
    'what is forbidden is named, and kept apart',
    failure('AccessDeniedException'),
    ['groups: not allowed to'],
    ['groups: not allowed to'],
  ],
  [
    'what the API does not know is named',
    failure('Unknown', 501),
    ['groups: this API has no such operation'],
    [],
  ],
])('%s', async (_case, error, notRead, notAllowed) => {
  const reads = createOptionalReads();

  expect(await reads.read('groups', Promise.reject(error))).toBeUndefined();
  expect(reads.notRead).toEqual(notRead);
  expect(reads.notAllowed).toEqual(notAllowed);
});

test('any other failure fails the import', async () => {
  const failed = createOptionalReads().read(
    'groups',
    Promise.reject(failure('InternalError', 500)),
  );

  await expect(failed).rejects.toMatchObject({ name: 'InternalError' });
});
