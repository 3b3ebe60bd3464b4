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
  ['something that does not exist is not reported', failure('ResourceNotFoundException'), [], []],
  [
    'something forbidden is reported, also separately',
    failure('AccessDeniedException'),
    ['groups: not allowed to read it'],
    ['groups: not allowed to read it'],
  ],
  [
    'an operation that the API does not know is reported',
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

test('any other failure is thrown', async () => {
  const failed = createOptionalReads().read(
    'groups',
    Promise.reject(failure('InternalError', 500)),
  );

  await expect(failed).rejects.toMatchObject({ name: 'InternalError' });
});
