import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { encodeRecord } from '@cognito-m2m/claim-schema/records';
import {
  A_CLIENT_ID,
  A_POOL_ID,
  aBaseline,
  anOverride,
  poolSettings,
} from '@cognito-m2m/claim-schema/testing';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type ClaimsTable, startClaimsTable } from '../test/start-claims-table.ts';
import { type FaultyProxy, startFaultyProxy } from '../test/start-faulty-proxy.ts';
import { type ClaimsReader, createClaimsReader } from './reader.ts';

let table: ClaimsTable;
let reader: ClaimsReader;

beforeAll(async () => {
  table = await startClaimsTable();
  reader = createClaimsReader(table);
});

afterAll(() => table.close());

describe('the layers of a client', () => {
  test('the layers of a client are empty for a client without a record', async () => {
    await expect(reader.readLayers(A_POOL_ID, 'nobody')).resolves.toEqual({});
  });

  test('the layers of a client are only the baseline until an override is written', async () => {
    const baseline = aBaseline({ clientId: 'fresh' });
    await table.put(baseline);

    await expect(reader.readLayers(A_POOL_ID, 'fresh')).resolves.toEqual({ baseline });
  });

  test('the layers of a client are the baseline and the newest of many revisions', async () => {
    const revisions = [1, 2, 9, 10, 11].map((revision) =>
      anOverride({ clientId: 'busy', revision }),
    );
    const baseline = aBaseline({ clientId: 'busy' });
    await table.put(baseline, ...revisions);

    await expect(reader.readLayers(A_POOL_ID, 'busy')).resolves.toEqual({
      baseline,
      override: revisions.at(-1),
    });
  });

  test('the layers of a client are only the newest revision if there is no baseline', async () => {
    const revisions = [1, 2, 3].map((revision) => anOverride({ clientId: 'orphan', revision }));
    await table.put(...revisions);

    await expect(reader.readLayers(A_POOL_ID, 'orphan')).resolves.toEqual({
      override: revisions.at(-1),
    });
  });

  test('the layers of a client are kept apart from those of clients and pools with similar ids', async () => {
    await table.put(
      aBaseline({ clientId: 'abc' }),
      aBaseline({ clientId: 'abc', userPoolId: `${A_POOL_ID}2` }),
    );

    await expect(reader.readLayers(A_POOL_ID, 'ab')).resolves.toEqual({});
    await expect(reader.readLayers(A_POOL_ID, 'abcd')).resolves.toEqual({});
    await expect(reader.readLayers(A_POOL_ID.slice(0, -1), 'abc')).resolves.toEqual({});
  });

  test('the layers of a client are refused as a whole if one of them is not a valid record', async () => {
    const item = { ...encodeRecord(anOverride({ clientId: 'broken' })), itemVersion: { N: '2' } };
    await table.put(aBaseline({ clientId: 'broken' }));
    await table.client.send(new PutItemCommand({ TableName: table.tableName, Item: item }));

    await expect(reader.readLayers(A_POOL_ID, 'broken')).rejects.toMatchObject({
      code: 'ERR_STORE_ITEM_INVALID',
      retryable: false,
      faults: [{ path: 'itemVersion' }],
    });
  });
});

describe('the settings of a pool', () => {
  test('the settings of a pool are undefined for a pool that has none', async () => {
    await expect(reader.readSettings('eu-central-1_None')).resolves.toBeUndefined();
  });

  test('the settings of a pool come back as they were written', async () => {
    const settings = poolSettings({ unknownClients: 'issue-without-claims' });
    await table.put(settings);

    await expect(reader.readSettings(A_POOL_ID)).resolves.toEqual(settings);
  });
});

describe('a read that fails', () => {
  test('a read that fails is an access error if the table is missing, and names the cause', async () => {
    const lost = createClaimsReader({ client: table.client, tableName: 'missing' });

    await expect(lost.readLayers(A_POOL_ID, A_CLIENT_ID)).rejects.toMatchObject({
      code: 'ERR_STORE_ACCESS',
      retryable: false,
      cause: { name: 'ResourceNotFoundException' },
    });
    await expect(lost.readSettings(A_POOL_ID)).rejects.toMatchObject({ code: 'ERR_STORE_ACCESS' });
  });

  test('a read that fails is a time-out if the caller gives up', async () => {
    const abortSignal = AbortSignal.abort();

    await expect(reader.readLayers(A_POOL_ID, A_CLIENT_ID, { abortSignal })).rejects.toMatchObject({
      code: 'ERR_STORE_TIMEOUT',
      retryable: true,
    });
    await expect(reader.readSettings(A_POOL_ID, { abortSignal })).rejects.toMatchObject({
      code: 'ERR_STORE_TIMEOUT',
    });
  });
});

/** How a promise settles if the table gave no answer that can be used. */
const UNAVAILABLE = {
  status: 'rejected',
  reason: { code: 'ERR_STORE_UNAVAILABLE', retryable: true },
};

describe('an answer of the wrong kind', () => {
  let proxy: FaultyProxy;
  let client: DynamoDBClient;
  beforeAll(async () => {
    proxy = await startFaultyProxy(table.endpointUrl);
    client = new DynamoDBClient({
      region: 'eu-central-1',
      endpoint: proxy.endpointUrl,
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
      maxAttempts: 1,
    });
  });
  afterAll(async () => {
    client.destroy();
    await proxy.close();
  });

  test.each(['', '{}', 'null', '[]', '"text"', '{"Items":null}', '{"Items":{}}'])(
    'an answer of the wrong kind is not taken for a client without a record, nor for a pool without settings: %j',
    async (text) => {
      await proxy.setFault({ kind: 'body', text });
      const misled = createClaimsReader({ client, tableName: table.tableName });

      const outcomes = await Promise.allSettled([
        misled.readLayers(A_POOL_ID, A_CLIENT_ID),
        misled.readSettings(A_POOL_ID),
      ]);

      expect(outcomes).toMatchObject([UNAVAILABLE, UNAVAILABLE]);
    },
  );

  test.each([
    ['another client', [aBaseline({ clientId: 'another' })]],
    ['another pool', [aBaseline({ userPoolId: `${A_POOL_ID}2` })]],
    ['the client, and another one', [aBaseline(), anOverride({ clientId: 'another' })]],
    ['the settings of another pool', [poolSettings({ userPoolId: `${A_POOL_ID}2` })]],
  ])(
    'an answer of the wrong kind with records of %s is not taken for the records asked for',
    async (_whose, records) => {
      await proxy.setFault({
        kind: 'body',
        text: JSON.stringify({ Items: records.map(encodeRecord) }),
      });
      const misled = createClaimsReader({ client, tableName: table.tableName });

      const outcomes = await Promise.allSettled([
        misled.readLayers(A_POOL_ID, A_CLIENT_ID),
        misled.readSettings(A_POOL_ID),
      ]);

      expect(outcomes).toMatchObject([UNAVAILABLE, UNAVAILABLE]);
    },
  );

  test('an answer of the wrong kind with a part of the records is not taken for all of them', async () => {
    const LastEvaluatedKey = { pk: { S: 'pk' }, sk: { S: 'sk' } };
    const Items = [encodeRecord(aBaseline())];
    await proxy.setFault({ kind: 'body', text: JSON.stringify({ Items, LastEvaluatedKey }) });
    const misled = createClaimsReader({ client, tableName: table.tableName });

    await expect(misled.readLayers(A_POOL_ID, A_CLIENT_ID)).rejects.toMatchObject(
      UNAVAILABLE.reason,
    );
  });
});
