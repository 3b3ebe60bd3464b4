import { describe, expect, test } from '@jest/globals';
import { readWithin } from './deadline.ts';

describe('a deadline', () => {
  test('a deadline lets an answer pass and keeps no timer', async () => {
    await expect(readWithin(60_000, () => Promise.resolve('answer'))).resolves.toBe('answer');
  });

  test('a deadline lets an error pass', async () => {
    await expect(readWithin(60_000, () => Promise.reject(new Error('Down.')))).rejects.toThrow(
      'Down.',
    );
  });

  test('a deadline aborts a read and answers for it, even if it goes on', async () => {
    let isAborted = false;
    const read = (signal: AbortSignal) => {
      signal.addEventListener('abort', () => {
        isAborted = true;
      });
      return new Promise<never>(() => {});
    };

    await expect(readWithin(1, read)).rejects.toMatchObject({ code: 'ERR_STORE_TIMEOUT' });
    expect(isAborted).toBe(true);
  });
});
