import { createClaimsReader } from '@cognito-m2m/claims-store/reader';
import { startClaimsTable } from '@cognito-m2m/claims-store/testing';
import { describe, expect, test } from '@jest/globals';
import { createBrokenLogger, createLineKeeper } from '../test/trigger.ts';
import { prewarm } from './prewarm.ts';

describe('the prewarm read', () => {
  test('the prewarm read leaves no line if the table answers', async () => {
    const table = await startClaimsTable();
    const { logger, lines } = createLineKeeper();

    await prewarm({ reader: createClaimsReader(table), logger });

    expect(lines).toEqual([]);
    await table.close();
  });

  test.each([
    ['a missing table', 'ERR_STORE_ACCESS'],
    ['a fault of ours', 'unknown'],
  ])('the prewarm read never fails: %s is a warning', async (what, cause) => {
    const table = await startClaimsTable();
    const { logger, lines } = createLineKeeper();
    const lost = createClaimsReader({ client: table.client, tableName: 'missing' });
    const broken = { ...lost, readLayers: () => Promise.reject(new Error('canary')) };

    await prewarm({ reader: what === 'a missing table' ? lost : broken, logger });

    expect(lines).toEqual([{ level: 'warn', message: 'trigger.prewarm_failed', cause }]);
    await table.close();
  });

  test('the prewarm read never fails, even if its warning cannot be written', async () => {
    const reader = { readLayers: () => Promise.reject(new Error('canary')) } as never;

    await expect(prewarm({ reader, logger: createBrokenLogger() })).resolves.toBeUndefined();
  });
});
