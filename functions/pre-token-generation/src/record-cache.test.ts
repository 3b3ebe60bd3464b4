import { StoreError } from '@cognito-m2m/claims-store/errors';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { createTestClock, type TestClock } from '../test/test-clock.ts';
import { createRecordCache, type RecordCache } from './record-cache.ts';

const START = { wallMs: 1_800_000_000_000, steadyMs: 0 };
const FRESH_MS = 30_000;
const MAX_STALE_MS = 900_000;

let clock: TestClock;
let cache: RecordCache<string>;

beforeEach(() => {
  clock = createTestClock(START.wallMs);
  cache = createRecordCache({
    clock,
    freshMs: () => FRESH_MS,
    maxStaleMs: MAX_STALE_MS,
    maxEntries: 3,
  });
});

const answer = (value: string) => () => Promise.resolve(value);
const fail = () => Promise.reject(new StoreError('ERR_STORE_UNAVAILABLE', 'Down.'));

describe('a cached answer', () => {
  test('a cached answer is read once and then comes from memory', async () => {
    await expect(cache.get('a', answer('1'))).resolves.toEqual({
      value: '1',
      readAt: START,
      cache: 'miss',
      storeMs: 0,
    });
    await expect(cache.get('a', answer('2'))).resolves.toEqual({
      value: '1',
      readAt: START,
      cache: 'hit',
    });
  });

  test.each([
    [FRESH_MS - 1, 'hit'],
    [FRESH_MS, 'miss'],
  ])('a cached answer after %i ms is a %s', async (ms, expected) => {
    await cache.get('a', answer('1'));
    clock.pass(ms);

    await expect(cache.get('a', answer('2'))).resolves.toMatchObject({ cache: expected });
  });

  test.each([
    [MAX_STALE_MS - 1, 'stale'],
    [MAX_STALE_MS, 'refused'],
  ])('a cached answer after %i ms of a failing table is %s', async (ms, expected) => {
    await cache.get('a', answer('1'));
    clock.pass(ms);

    const outcome = await cache.get('a', fail).then(
      (read) => read.cache,
      () => 'refused',
    );

    expect(outcome).toBe(expected);
  });

  test.each([
    [1, 'stale'],
    [0, 'refused'],
  ])(
    'a cached answer that is %i ms below its limit after a failed read is %s',
    async (leftMs, expected) => {
      await cache.get('a', answer('1'));
      clock.pass(MAX_STALE_MS - 900);

      const outcome = await cache
        .get('a', () => {
          clock.pass(900 - leftMs);
          return fail();
        })
        .then(
          (read) => read.cache,
          () => 'refused',
        );

      expect(outcome).toBe(expected);
    },
  );

  test('a cached answer that serves stale says why, and is read again at the next call', async () => {
    await cache.get('a', answer('1'));
    clock.pass(FRESH_MS);

    await expect(cache.get('a', fail)).resolves.toMatchObject({
      value: '1',
      storeError: { code: 'ERR_STORE_UNAVAILABLE' },
    });
    await expect(cache.get('a', answer('2'))).resolves.toMatchObject({ value: '2', cache: 'miss' });
  });

  test('a cached answer counts its age from before the read', async () => {
    await cache.get('a', () => {
      clock.pass(1000);
      return Promise.resolve('1');
    });
    clock.pass(FRESH_MS - 1000);

    await expect(cache.get('a', answer('2'))).resolves.toMatchObject({ value: '2' });
  });

  test('a cached answer is not served instead of an item that is not a valid record', async () => {
    await cache.get('a', answer('1'));
    clock.pass(FRESH_MS);

    await expect(
      cache.get('a', () => Promise.reject(new StoreError('ERR_STORE_ITEM_INVALID', 'Broken.'))),
    ).rejects.toMatchObject({ code: 'ERR_STORE_ITEM_INVALID' });
  });

  test('a cached answer is not served once such an item was read, whatever fails later', async () => {
    await cache.get('a', answer('1'));
    clock.pass(FRESH_MS);
    const invalid = () => Promise.reject(new StoreError('ERR_STORE_ITEM_INVALID', 'Broken.'));
    await cache.get('a', invalid).catch(() => {});

    await expect(cache.get('a', fail)).rejects.toMatchObject({ code: 'ERR_STORE_UNAVAILABLE' });
  });

  test.each([
    ['an older answer', () => Promise.resolve('1')],
    [
      'an older item that is not a valid record',
      () => Promise.reject(new StoreError('ERR_STORE_ITEM_INVALID', 'Broken.')),
    ],
  ])('a cached answer is not replaced by %s that comes later', async (_what, older) => {
    let come = () => {};
    const slow = cache.get('a', async () => {
      await new Promise<void>((resolve) => {
        come = resolve;
      });
      return older();
    });
    clock.pass(1);
    await cache.get('a', answer('2'));
    come();
    await slow.catch(() => {});

    await expect(cache.get('a', fail)).resolves.toMatchObject({ value: '2', cache: 'hit' });
  });

  test('a cached answer is not served instead of a fault of our own', async () => {
    await cache.get('a', answer('1'));
    clock.pass(FRESH_MS);

    await expect(cache.get('a', () => Promise.reject(new TypeError('Bug.')))).rejects.toThrow(
      'Bug.',
    );
  });

  test('a cached answer tells the read whether it can serve instead', async () => {
    const seen: boolean[] = [];
    const read = (hasOlder: boolean) => {
      seen.push(hasOlder);
      return Promise.resolve('1');
    };

    await cache.get('a', read);
    clock.pass(FRESH_MS);
    await cache.get('a', read);
    clock.pass(MAX_STALE_MS);
    await cache.get('a', read);

    expect(seen).toEqual([false, true, false]);
  });
});

describe('a clock that jumps', () => {
  test('a clock that jumps back does not keep an answer for longer', async () => {
    await cache.get('a', answer('1'));
    clock.jump(-3_600_000);
    clock.pass(FRESH_MS);

    await expect(cache.get('a', answer('2'))).resolves.toMatchObject({ value: '2' });
  });

  test('a clock that jumps forwards, as after a freeze, makes an answer older', async () => {
    await cache.get('a', answer('1'));
    clock.jump(MAX_STALE_MS);

    await expect(cache.get('a', fail)).rejects.toMatchObject({ code: 'ERR_STORE_UNAVAILABLE' });
  });
});

describe('the cache', () => {
  test('the cache keeps no error', async () => {
    await expect(cache.get('a', fail)).rejects.toMatchObject({ code: 'ERR_STORE_UNAVAILABLE' });
    await expect(cache.get('a', answer('1'))).resolves.toMatchObject({ cache: 'miss' });
  });

  test('the cache keeps an empty answer', async () => {
    const empty = createRecordCache<undefined>({
      clock,
      freshMs: () => FRESH_MS,
      maxStaleMs: 0,
      maxEntries: 1,
    });
    await empty.get('a', () => Promise.resolve(undefined));

    await expect(empty.get('a', fail)).resolves.toEqual({
      value: undefined,
      readAt: START,
      cache: 'hit',
    });
  });

  test('the cache forgets the answer that was read longest ago beyond its bound', async () => {
    for (const key of ['a', 'b', 'c']) await cache.get(key, answer(key));
    clock.pass(FRESH_MS);
    await cache.get('a', answer('a again'));
    await cache.get('d', answer('d'));

    await expect(cache.get('b', fail)).rejects.toMatchObject({ code: 'ERR_STORE_UNAVAILABLE' });
    await expect(cache.get('a', fail)).resolves.toMatchObject({ value: 'a again', cache: 'hit' });
  });
});
