import { expect, test } from '@jest/globals';
import { createCleanup } from './cleanup.ts';

test('the cleanup frees everything, the last one first, and says what failed first', async () => {
  const cleanup = createCleanup();
  const freed: string[] = [];
  cleanup.add(() => freed.push('lock'));
  cleanup.add(() => Promise.reject(new Error('second fault')));
  cleanup.add(() => {
    throw new Error('first fault');
  });
  cleanup.add(() => freed.push('server'));

  await expect(cleanup.run()).rejects.toThrow('first fault');

  expect(freed).toEqual(['server', 'lock']);
});
