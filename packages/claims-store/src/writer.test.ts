import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { OverrideRecord } from '@cognito-m2m/claim-schema';
import {
  A_CLIENT_ID,
  A_POOL_ID,
  aBaseline,
  anOverride,
  poolSettings,
} from '@cognito-m2m/claim-schema/testing';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Fault } from '../test/faults.ts';
import { type ClaimsTable, startClaimsTable } from '../test/start-claims-table.ts';
import { startFaultyProxy } from '../test/start-faulty-proxy.ts';
import { createClaimsReader } from './reader.ts';
import { createClaimsWriter } from './writer.ts';

let table: ClaimsTable;

beforeAll(async () => {
  table = await startClaimsTable();
});

afterAll(() => table.close());

describe('a declared record', () => {
  test('a declared record replaces the one before it', async () => {
    const writer = createClaimsWriter(table);
    await writer.putDeclared(aBaseline({ claims: { tier: 'free' } }));
    await writer.putDeclared(aBaseline({ claims: { tier: 'premium' } }));
    await writer.putDeclared(poolSettings());

    const reader = createClaimsReader(table);
    const layers = await reader.readLayers(A_POOL_ID, A_CLIENT_ID);
    expect(layers.baseline?.claims).toEqual({ tier: 'premium' });
    await expect(reader.readSettings(A_POOL_ID)).resolves.toEqual(poolSettings());
  });

  test('a declared record names what it was about if the table is missing', async () => {
    const writer = createClaimsWriter({ client: table.client, tableName: 'missing' });

    await expect(writer.putDeclared(poolSettings())).rejects.toMatchObject({
      code: 'ERR_STORE_ACCESS',
      message: expect.stringContaining('the settings of pool payments'),
    });
  });
});

describe('the baseline of a client', () => {
  test('the baseline of a client can be deleted, and deleted again, and its overrides stay', async () => {
    const writer = createClaimsWriter(table);
    const clientId = 'gone';
    await writer.putDeclared(aBaseline({ clientId }));
    await writer.addOverride(anOverride({ clientId }));

    await writer.deleteBaseline(A_POOL_ID, clientId);
    await writer.deleteBaseline(A_POOL_ID, clientId);

    const layers = await createClaimsReader(table).readLayers(A_POOL_ID, clientId);
    expect(layers).toEqual({ override: anOverride({ clientId }) });
  });
});

describe('revisions that are deleted', () => {
  test('deleteRevisions deletes those and no other, and one that is not there is not an error', async () => {
    const writer = createClaimsWriter(table);
    const clientId = 'forgotten';
    for (const revision of [1, 2, 3]) {
      await writer.addOverride(anOverride({ clientId, revision }));
    }
    await writer.addOverride(anOverride({ clientId: 'kept', revision: 1 }));

    await writer.deleteRevisions(A_POOL_ID, clientId, [2, 1, 9]);

    const reader = createClaimsReader(table);
    expect(await reader.readLayers(A_POOL_ID, clientId)).toEqual({
      override: anOverride({ clientId, revision: 3 }),
    });
    await writer.deleteRevisions(A_POOL_ID, clientId, [3]);
    expect(await reader.readLayers(A_POOL_ID, clientId)).toEqual({});
    expect(await reader.readLayers(A_POOL_ID, 'kept')).toMatchObject({ override: { revision: 1 } });
  });
});

describe('an override revision', () => {
  test('an override revision is written although the answer gets lost and the second attempt finds it there', async () => {
    const proxy = await startFaultyProxy(table.endpointUrl);
    const client = new DynamoDBClient({
      region: 'eu-central-1',
      endpoint: proxy.endpointUrl,
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    });
    let requests = 0;
    await proxy.setFault(() => {
      requests += 1;
      return requests === 1 ? { kind: 'reset' } : undefined;
    });
    const record = anOverride({ clientId: 'unheard', claims: { limit: { value: 1e-7 } } });

    const writer = createClaimsWriter({ client, tableName: table.tableName });
    await writer.addOverride(record).finally(() => {
      client.destroy();
      return proxy.close();
    });

    const layers = await createClaimsReader(table).readLayers(A_POOL_ID, 'unheard');
    expect([requests, layers.override]).toEqual([3, record]);
  });

  test.each<[string, Fault, string]>([
    ['the connection breaks in the middle of the answer', { kind: 'reset' }, 'broken'],
    ['the answer ends in the middle', { kind: 'truncate' }, 'cut'],
  ])(
    'an override revision is written although %s and nothing is tried again',
    async (_, fault, clientId) => {
      const record = anOverride({ clientId });

      await addThrough([fault], record);

      const layers = await createClaimsReader(table).readLayers(A_POOL_ID, clientId);
      expect(layers.override).toEqual(record);
    },
  );

  test('an override revision is not written, and the error says so, if the request never arrived', async () => {
    const error = { kind: 'error', status: 500, type: 'InternalServerError' } as const;
    const adding = addThrough([error], anOverride({ clientId: 'unsent' }));

    await expect(adding).rejects.toMatchObject({
      code: 'ERR_STORE_UNAVAILABLE',
      message: expect.stringMatching(/revision 1 of client unsent: .*Nothing was written\./),
    });
    await expect(createClaimsReader(table).readLayers(A_POOL_ID, 'unsent')).resolves.toEqual({});
  });

  test('an override revision is lost to the other writer if the answer got lost and another one is there', async () => {
    await createClaimsWriter(table).addOverride(anOverride({ clientId: 'taken', reason: 'first' }));
    const error = { kind: 'error', status: 500, type: 'InternalServerError' } as const;
    const adding = addThrough([error], anOverride({ clientId: 'taken', reason: 'second' }));

    await expect(adding).rejects.toMatchObject({ code: 'ERR_STORE_LOST_RACE' });
  });

  test('an override revision is unknown, and the error says so, if it cannot be read back either', async () => {
    const error = { kind: 'error', status: 500, type: 'InternalServerError' } as const;
    const adding = addThrough([{ kind: 'reset' }, error], anOverride({ clientId: 'unknown' }));

    await expect(adding).rejects.toMatchObject({
      code: 'ERR_STORE_UNAVAILABLE',
      message: expect.stringMatching(
        /^Could not tell whether revision 1 of client unknown was written/,
      ),
    });
  });

  test('an override revision is written once: the second writer of a revision loses and nothing is overwritten', async () => {
    const writer = createClaimsWriter(table);
    await writer.addOverride(anOverride({ reason: 'first' }));

    await expect(writer.addOverride(anOverride({ reason: 'second' }))).rejects.toMatchObject({
      code: 'ERR_STORE_LOST_RACE',
      retryable: false,
    });

    const layers = await createClaimsReader(table).readLayers(A_POOL_ID, A_CLIENT_ID);
    expect(layers.override?.reason).toBe('first');
  });

  test('an override revision is won by exactly one of many writers at the same time', async () => {
    const writer = createClaimsWriter(table);
    const writers = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];

    const results = await Promise.allSettled(
      writers.map((reason) => writer.addOverride(anOverride({ clientId: 'raced', reason }))),
    );

    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  test('an override revision names the failure if the table is missing', async () => {
    const writer = createClaimsWriter({ client: table.client, tableName: 'missing' });

    await expect(writer.addOverride(anOverride())).rejects.toMatchObject({
      code: 'ERR_STORE_ACCESS',
    });
  });
});

/** Adds a revision by a client that tries each request once, the first ones with a fault each. */
async function addThrough(faults: readonly Fault[], record: OverrideRecord): Promise<void> {
  const proxy = await startFaultyProxy(table.endpointUrl);
  const client = new DynamoDBClient({
    region: 'eu-central-1',
    endpoint: proxy.endpointUrl,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 1,
  });
  const pending = [...faults];
  await proxy.setFault(() => pending.shift());
  await createClaimsWriter({ client, tableName: table.tableName })
    .addOverride(record)
    .finally(() => {
      client.destroy();
      return proxy.close();
    });
}
