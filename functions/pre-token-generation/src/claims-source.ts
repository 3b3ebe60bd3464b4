import { type ClaimLayers, needsSettings, type SettingsRecord } from '@cognito-m2m/claim-schema';
import { StoreError } from '@cognito-m2m/claims-store/errors';
import type { ClaimsReader } from '@cognito-m2m/claims-store/reader';
import { ageMs, type Clock } from './clock.ts';
import { readWithin } from './deadline.ts';
import { type CachedRead, createRecordCache } from './record-cache.ts';
import type { Settings } from './settings.ts';

/** All reads of one token together, in milliseconds: half of the 5 s after which Amazon Cognito gives up. */
const READ_BUDGET_MS = 2500;

/** The same where an older answer can serve instead: in an outage callers should not wait for nothing. */
const STALE_READ_BUDGET_MS = 900;

/** What is not there yet, a client or a pool's settings, is looked for again sooner: somebody is onboarding it. */
const NEGATIVE_CACHE_MS = 5000;

/** Some 20 MB at 4 KB of claims each, more clients than one container meets while it is warm. */
const MAX_ENTRIES = 5000;

/** Finds what the claims table holds for a client, from memory if it can. */
export interface ClaimsSource {
  /**
   * Reads the layers of one client; the pool's settings too if they decide about its token.
   *
   * @throws {StoreError} If the table can't be read and nothing young enough is in memory.
   */
  read(userPoolId: string, clientId: string): Promise<CachedRead<ClaimLayers>>;
}

/** Creates the source of one container. */
export function createClaimsSource(edges: {
  readonly reader: ClaimsReader;
  readonly clock: Clock;
  readonly settings: Pick<Settings, 'cacheSeconds' | 'maxStaleSeconds'>;
}): ClaimsSource {
  const { reader, clock, settings } = edges;
  const cacheMs = settings.cacheSeconds * 1000;
  const maxStaleMs = settings.maxStaleSeconds * 1000;
  const shared = { clock, maxStaleMs, maxEntries: MAX_ENTRIES };
  const negativeMs = Math.min(cacheMs, NEGATIVE_CACHE_MS);
  const layersCache = createRecordCache<ClaimLayers>({
    ...shared,
    freshMs: ({ baseline }) => (baseline === undefined ? negativeMs : cacheMs),
  });
  const settingsCache = createRecordCache<SettingsRecord | undefined>({
    ...shared,
    freshMs: (record) => (record === undefined ? negativeMs : cacheMs),
  });

  return {
    async read(userPoolId, clientId) {
      const startedMs = clock.steadyMs();
      const within = <T>(hasOlder: boolean, read: (signal: AbortSignal) => Promise<T>) => {
        const budgetMs = hasOlder ? STALE_READ_BUDGET_MS : READ_BUDGET_MS;
        return readWithin(Math.max(0, startedMs + budgetMs - clock.steadyMs()), read);
      };
      // Pool ids contain no space, so that no two pairs make the same key.
      const layers = await layersCache.get(`${userPoolId} ${clientId}`, (hasOlder) =>
        within(hasOlder, (abortSignal) => reader.readLayers(userPoolId, clientId, { abortSignal })),
      );
      if (!needsSettings(layers.value)) return layers;
      const pool = await settingsCache.get(userPoolId, (hasOlder) =>
        within(hasOlder, (abortSignal) => reader.readSettings(userPoolId, { abortSignal })),
      );
      // While the settings were read, layers from memory grew older.
      if (layers.cache !== 'miss' && ageMs(clock, layers.readAt) >= maxStaleMs) {
        throw (
          layers.storeError ?? new StoreError('ERR_STORE_TIMEOUT', 'The settings came too late.')
        );
      }
      return combine(layers, pool);
    },
  };
}

function combine(
  layers: CachedRead<ClaimLayers>,
  pool: CachedRead<SettingsRecord | undefined>,
): CachedRead<ClaimLayers> {
  const storeError = layers.storeError ?? pool.storeError;
  const hasRead = layers.storeMs !== undefined || pool.storeMs !== undefined;
  return {
    value: { ...layers.value, settings: pool.value },
    readAt: layers.readAt,
    cache: storeError ? 'stale' : hasRead ? 'miss' : 'hit',
    storeMs: hasRead ? (layers.storeMs ?? 0) + (pool.storeMs ?? 0) : undefined,
    storeError,
  };
}
