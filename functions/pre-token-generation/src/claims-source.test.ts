import type { ClaimLayers, SettingsRecord } from '@cognito-m2m/claim-schema';
import { aBaseline, anOverride, poolSettings } from '@cognito-m2m/claim-schema/testing';
import { StoreError } from '@cognito-m2m/claims-store/errors';
import type { ClaimsReader } from '@cognito-m2m/claims-store/reader';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { createTestClock, type TestClock } from '../test/test-clock.ts';
import { type ClaimsSource, createClaimsSource } from './claims-source.ts';
import { systemClock } from './clock.ts';

let clock: TestClock;
let layers: ClaimLayers;
let settings: SettingsRecord | undefined;
let reads: string[];
let failure: StoreError | undefined;
let settingsMs: number;
let reader: ClaimsReader;
let source: ClaimsSource;

const MAX_STALE_SECONDS = 900;
const START = { wallMs: 1_800_000_000_000, steadyMs: 0 };

function createSource(settings = { cacheSeconds: 30, maxStaleSeconds: MAX_STALE_SECONDS }) {
  return createClaimsSource({ reader, clock, settings });
}

function outcomeOf(read: ReturnType<ClaimsSource['read']>): Promise<string> {
  return read.then(
    ({ cache }) => cache,
    ({ code }: StoreError) => code,
  );
}

beforeEach(() => {
  clock = createTestClock(START.wallMs);
  layers = {};
  settings = poolSettings();
  reads = [];
  failure = undefined;
  settingsMs = 4;
  const answer = async <T>(what: string, ms: number, value: T): Promise<T> => {
    reads.push(what);
    clock.pass(ms);
    if (failure !== undefined) throw failure;
    return value;
  };
  reader = {
    readLayers: (pool, client) => answer(`layers ${pool} ${client}`, 4, layers),
    readSettings: (pool) => answer(`settings ${pool}`, settingsMs, settings),
  };
  source = createSource();
});

describe('the source of claims', () => {
  test('the source of claims reads the layers of a client once in thirty seconds', async () => {
    layers = { baseline: aBaseline() };

    await expect(source.read('p', 'c')).resolves.toEqual({
      value: layers,
      readAt: START,
      cache: 'miss',
      storeMs: 4,
    });
    clock.pass(29_000);
    await expect(source.read('p', 'c')).resolves.toEqual({
      value: layers,
      readAt: START,
      cache: 'hit',
    });
    clock.pass(1000);
    await source.read('p', 'c');

    expect(reads).toEqual(['layers p c', 'layers p c']);
  });

  test('the source of claims keeps clients and pools apart', async () => {
    layers = { baseline: aBaseline() };

    await source.read('p', 'c');
    await source.read('p', 'd');
    await source.read('q', 'c');

    expect(reads).toEqual(['layers p c', 'layers p d', 'layers q c']);
  });

  test('the source of claims reads the settings of the pool for a client without a baseline, once for all of them', async () => {
    await expect(source.read('p', 'c')).resolves.toEqual({
      value: { settings },
      readAt: START,
      cache: 'miss',
      storeMs: 8,
    });
    await source.read('p', 'd');

    expect(reads).toEqual(['layers p c', 'settings p', 'layers p d']);
  });

  test('the source of claims answers without settings for a pool that has none', async () => {
    settings = undefined;

    await expect(source.read('p', 'c')).resolves.toMatchObject({ value: {} });
    await expect(source.read('p', 'c')).resolves.toEqual({
      value: {},
      readAt: START,
      cache: 'hit',
    });
  });

  test('the source of claims reads no settings for a disabled client without a baseline', async () => {
    layers = { override: anOverride({ disabled: true }) };

    await source.read('p', 'c');

    expect(reads).toEqual(['layers p c']);
  });

  test.each([
    [30, 4999, 'hit'],
    [30, 5000, 'miss'],
    [2, 1999, 'hit'],
    [2, 2000, 'miss'],
  ])(
    'an unknown client with %i seconds of cache after %i ms is a %s',
    async (cacheSeconds, ms, expected) => {
      source = createSource({ cacheSeconds, maxStaleSeconds: MAX_STALE_SECONDS });
      await source.read('p', 'c');
      clock.pass(ms - 8);

      await expect(source.read('p', 'c')).resolves.toMatchObject({ cache: expected });
    },
  );

  test.each([
    [30, 4999, 'hit'],
    [30, 5000, 'miss'],
    [2, 1999, 'hit'],
    [2, 2000, 'miss'],
  ])(
    'a pool without settings with %i seconds of cache after %i ms is a %s',
    async (cacheSeconds, ms, expected) => {
      settings = undefined;
      layers = { baseline: aBaseline({ addScopes: ['orders/list'] }) };
      source = createSource({ cacheSeconds, maxStaleSeconds: MAX_STALE_SECONDS });
      await source.read('p', 'of the settings');
      clock.pass(ms - 8);
      await source.read('p', 'c');

      expect(reads.at(-1)).toBe(expected === 'hit' ? 'layers p c' : 'settings p');
    },
  );

  test('the source of claims reads only the settings if the layers are still fresh', async () => {
    await source.read('p', 'c');
    clock.pass(28_000);
    await source.read('p', 'c');
    clock.pass(2000);

    await expect(source.read('p', 'c')).resolves.toMatchObject({ cache: 'miss', storeMs: 4 });
    expect(reads.at(-1)).toBe('settings p');
  });

  test('the source of claims lets a fault of our own pass', async () => {
    failure = new TypeError('Bug.') as never;

    await expect(source.read('p', 'c')).rejects.toBe(failure);
  });

  test('the source of claims serves stale layers while the table fails, and says why', async () => {
    layers = { baseline: aBaseline() };
    await source.read('p', 'c');
    clock.pass(60_000);
    failure = new StoreError('ERR_STORE_THROTTLED', 'Slow down.');

    await expect(source.read('p', 'c')).resolves.toEqual({
      value: layers,
      readAt: START,
      cache: 'stale',
      storeMs: 4,
      storeError: failure,
    });
  });

  test('the source of claims serves a stale unknown client with stale settings', async () => {
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

  test.each([
    [495, 'stale'],
    [496, 'ERR_STORE_THROTTLED'],
  ])(
    'the source of claims serves no stale layers beyond their limit, if settings failed for %i ms: %s',
    async (ms, expected) => {
      await source.read('p', 'c');
      clock.pass(MAX_STALE_SECONDS * 1000 - 8 - 500);
      failure = new StoreError('ERR_STORE_THROTTLED', 'Slow down.');
      settingsMs = ms;

      expect(await outcomeOf(source.read('p', 'c'))).toBe(expected);
    },
  );

  test.each([
    [99, 'miss'],
    [100, 'ERR_STORE_TIMEOUT'],
  ])(
    'the source of claims serves no fresh layers beyond the limit, if settings took %i ms: %s',
    async (ms, expected) => {
      layers = { baseline: aBaseline({ addScopes: ['orders/list'] }) };
      source = createSource({ cacheSeconds: 5, maxStaleSeconds: 5 });
      await source.read('p', 'of the settings');
      clock.pass(2000);
      await source.read('p', 'c');
      clock.pass(5000 - 4 - 100);
      settingsMs = ms;

      expect(await outcomeOf(source.read('p', 'c'))).toBe(expected);
    },
  );

  test('the source of claims fails if the settings cannot be read and none are known', async () => {
    settings = undefined;
    await source.read('p', 'known');
    clock.pass(60_000);
    failure = new StoreError('ERR_STORE_ACCESS', 'Forbidden.');

    await expect(source.read('q', 'c')).rejects.toBe(failure);
  });
});

describe('the time budget', () => {
  const passed = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
  const hang = () => new Promise<never>(() => {});
  let signals: AbortSignal[];
  let layersAnswer: () => Promise<ClaimLayers>;
  let settingsAnswer: () => Promise<SettingsRecord | undefined>;

  beforeEach(() => {
    jest.useFakeTimers();
    signals = [];
    source = createClaimsSource({
      reader: {
        readLayers: (_pool, _client, { abortSignal } = {}) => {
          if (abortSignal) signals.push(abortSignal);
          return layersAnswer();
        },
        readSettings: (_pool, { abortSignal } = {}) => {
          if (abortSignal) signals.push(abortSignal);
          return settingsAnswer();
        },
      },
      clock: systemClock,
      settings: { cacheSeconds: 30, maxStaleSeconds: MAX_STALE_SECONDS },
    });
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  /** What a read comes to within some time, and which of its signals are aborted by then. */
  async function readFor(ms: number) {
    let outcome = 'pending';
    outcomeOf(source.read('p', 'c')).then((settled) => {
      outcome = settled;
    });
    await jest.advanceTimersByTimeAsync(ms);
    return { outcome, aborted: signals.map(({ aborted }) => aborted) };
  }

  test.each([
    [2499, 'pending', false],
    [2500, 'ERR_STORE_TIMEOUT', true],
  ])('the time budget ends hanging layers: after %i ms is %s', async (ms, outcome, isAborted) => {
    layersAnswer = hang;

    expect(await readFor(ms)).toEqual({ outcome, aborted: [isAborted] });
  });

  test.each([
    [2499, 'pending', false],
    [2500, 'ERR_STORE_TIMEOUT', true],
  ])(
    'the time budget is one for slow layers and hanging settings: after %i ms is %s',
    async (ms, outcome, isAborted) => {
      layersAnswer = () => passed(2000).then(() => ({}));
      settingsAnswer = hang;

      expect(await readFor(ms)).toEqual({ outcome, aborted: [false, isAborted] });
    },
  );

  test.each([
    [899, 'pending', false],
    [900, 'stale', true],
  ])(
    'the time budget is shorter where older answers serve: after %i ms is %s',
    async (ms, outcome, isAborted) => {
      layersAnswer = async () => ({});
      settingsAnswer = async () => settings;
      await readFor(0);
      await jest.advanceTimersByTimeAsync(60_000);
      signals = [];
      layersAnswer = () => passed(500).then(() => ({}));
      settingsAnswer = hang;

      expect(await readFor(ms)).toEqual({ outcome, aborted: [false, isAborted] });
    },
  );
});
