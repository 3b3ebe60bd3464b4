import type { ClaimLayers, SettingsRecord } from '@cognito-m2m/claim-schema';
import { aBaseline, anOverride, poolSettings } from '@cognito-m2m/claim-schema/testing';
import { StoreError } from '@cognito-m2m/claims-store/errors';
import type { ClaimsReader } from '@cognito-m2m/claims-store/reader';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { createTestClock, type TestClock } from '../test/test-clock.ts';
import { type ClaimsSource, createClaimsSource } from './claims-source.ts';

let clock: TestClock;
let layers: ClaimLayers;
let settings: SettingsRecord | undefined;
let reads: string[];
let failure: StoreError | undefined;
let source: ClaimsSource;

beforeEach(() => {
  clock = createTestClock(1_800_000_000_000);
  layers = {};
  settings = poolSettings();
  reads = [];
  failure = undefined;
  const answer = async <T>(what: string, value: T): Promise<T> => {
    reads.push(what);
    clock.pass(4);
    if (failure !== undefined) throw failure;
    return value;
  };
  const reader: ClaimsReader = {
    readLayers: (pool, client) => answer(`layers ${pool} ${client}`, layers),
    readSettings: (pool) => answer(`settings ${pool}`, settings),
  };
  source = createClaimsSource({
    reader,
    clock,
    settings: { cacheSeconds: 30, maxStaleSeconds: 900 },
  });
});

describe('the source of claims', () => {
  test('reads the layers of a client once in thirty seconds', async () => {
    layers = { baseline: aBaseline() };

    await expect(source.read('p', 'c')).resolves.toEqual({
      value: layers,
      cache: 'miss',
      storeMs: 4,
    });
    clock.pass(29_000);
    await expect(source.read('p', 'c')).resolves.toEqual({ value: layers, cache: 'hit' });
    clock.pass(1000);
    await source.read('p', 'c');

    expect(reads).toEqual(['layers p c', 'layers p c']);
  });

  test('keeps clients and pools apart', async () => {
    layers = { baseline: aBaseline() };

    await source.read('p', 'c');
    await source.read('p', 'd');
    await source.read('q', 'c');

    expect(reads).toEqual(['layers p c', 'layers p d', 'layers q c']);
  });

  test('reads the settings of the pool for a client without a baseline, once for all of them', async () => {
    await expect(source.read('p', 'c')).resolves.toEqual({
      value: { settings },
      cache: 'miss',
      storeMs: 8,
    });
    await source.read('p', 'd');

    expect(reads).toEqual(['layers p c', 'settings p', 'layers p d']);
  });

  test('answers without settings for a pool that has none', async () => {
    settings = undefined;

    await expect(source.read('p', 'c')).resolves.toMatchObject({ value: {} });
    await expect(source.read('p', 'c')).resolves.toEqual({ value: {}, cache: 'hit' });
  });

  test('reads no settings for a disabled client without a baseline', async () => {
    layers = { override: anOverride({ disabled: true }) };

    await source.read('p', 'c');

    expect(reads).toEqual(['layers p c']);
  });

  test.each([
    [4000, 2],
    [5000, 3],
  ])('looks for an unknown client again after %i ms: %i reads', async (ms, count) => {
    await source.read('p', 'c');
    clock.pass(ms - 8);
    await source.read('p', 'c');

    expect(reads).toHaveLength(count);
  });

  test('reads the settings alone where the layers are still fresh', async () => {
    await source.read('p', 'c');
    clock.pass(28_000);
    await source.read('p', 'c');
    clock.pass(2000);

    await expect(source.read('p', 'c')).resolves.toMatchObject({ cache: 'miss', storeMs: 4 });
    expect(reads.at(-1)).toBe('settings p');
  });

  test('lets a fault of our own pass', async () => {
    failure = new TypeError('Bug.') as never;

    await expect(source.read('p', 'c')).rejects.toBe(failure);
  });

  test('serves stale layers while the table fails, and says why', async () => {
    layers = { baseline: aBaseline() };
    await source.read('p', 'c');
    clock.pass(60_000);
    failure = new StoreError('ERR_STORE_THROTTLED', 'Slow down.');

    await expect(source.read('p', 'c')).resolves.toEqual({
      value: layers,
      cache: 'stale',
      storeMs: 4,
      storeError: failure,
    });
  });

  test('serves a stale unknown client with stale settings', async () => {
    await source.read('p', 'c');
    clock.pass(60_000);
    failure = new StoreError('ERR_STORE_THROTTLED', 'Slow down.');

    await expect(source.read('p', 'c')).resolves.toMatchObject({
      value: { settings },
      cache: 'stale',
      storeMs: 8,
      storeError: failure,
    });
  });

  test('fails if the settings can not be read and none are known', async () => {
    settings = undefined;
    await source.read('p', 'known');
    clock.pass(60_000);
    failure = new StoreError('ERR_STORE_ACCESS', 'Forbidden.');

    await expect(source.read('q', 'c')).rejects.toBe(failure);
  });
});
