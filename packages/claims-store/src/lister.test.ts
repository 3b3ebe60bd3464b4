import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { partitionKey } from '@cognito-m2m/claim-schema/records';
import { aBaseline, anOverride, poolSettings } from '@cognito-m2m/claim-schema/testing';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type ClaimsTable, startClaimsTable } from '../test/start-claims-table.ts';
import { createClaimsLister } from './lister.ts';

let table: ClaimsTable;
beforeAll(async () => {
  table = await startClaimsTable();
});
afterAll(() => table.close());

function createLister() {
  return createClaimsLister({ client: table.client, tableName: table.tableName });
}

async function putInvalidItem(userPoolId: string, sortKey: string): Promise<void> {
  const Item = { pk: { S: partitionKey(userPoolId) }, sk: { S: sortKey }, kind: { S: 'other' } };
  await table.client.send(new PutItemCommand({ TableName: table.tableName, Item }));
}

describe('a pool', () => {
  test('a pool lists each client with its baseline and its newest override, and the settings', async () => {
    const ids = { userPoolId: 'pool-1', clientId: 'client-1' };
    await table.put(
      aBaseline(ids),
      anOverride({ ...ids, revision: 1 }),
      anOverride({ ...ids, revision: 10 }),
      aBaseline({ ...ids, clientId: 'client-2' }),
      poolSettings({ userPoolId: 'pool-1' }),
    );

    const listing = await createLister().listPool('pool-1');

    expect([...listing.clients.keys()]).toEqual(['client-1', 'client-2']);
    expect(listing.clients.get('client-1')).toMatchObject({
      baseline: { kind: 'baseline' },
      override: { revision: 10 },
    });
    expect(listing.clients.get('client-2')?.override).toBeUndefined();
    expect(listing.settings).toMatchObject({ unknownClients: 'deny' });
    expect(listing.invalidItems).toEqual([]);
  });

  test('a pool is read to its last page', async () => {
    const owner = 'o'.repeat(100_000);
    const clientIds = Array.from({ length: 12 }, (_, index) => `client-${10 + index}`);
    await table.put(
      ...clientIds.map((clientId) => aBaseline({ userPoolId: 'pool-2', clientId, owner })),
    );
    const counts: number[] = [];

    const listing = await createLister().listPool('pool-2', {
      onProgress: (count) => counts.push(count),
    });

    expect([...listing.clients.keys()]).toEqual(clientIds);
    expect(counts.length).toBeGreaterThan(1);
    expect(counts.at(-1)).toBe(12);
  });

  test('a pool lists an item that is not a valid record apart from the clients', async () => {
    await table.put(aBaseline({ userPoolId: 'pool-3', clientId: 'client-1' }));
    await putInvalidItem('pool-3', 'CLIENT#client-1#CLAIMS#0000000001');

    const listing = await createLister().listPool('pool-3');

    expect([...listing.clients.keys()]).toEqual(['client-1']);
    expect(listing.invalidItems).toMatchObject([{ sortKey: 'CLIENT#client-1#CLAIMS#0000000001' }]);
  });

  test('a pool without any item is empty', async () => {
    const listing = await createLister().listPool('pool-4');

    expect(listing).toEqual({ clients: new Map(), invalidItems: [] });
  });
});

describe('a history', () => {
  test('a history holds only the revisions of one client, oldest first, and its baseline', async () => {
    const ids = { userPoolId: 'pool-5', clientId: 'client-1' };
    const revisions = [1, 2, 9, 10, 11];
    await table.put(
      aBaseline(ids),
      ...revisions.map((revision) => anOverride({ ...ids, revision })),
      anOverride({ ...ids, clientId: 'client-12', revision: 3 }),
    );

    const history = await createLister().readHistory('pool-5', 'client-1');

    expect(history.revisions.map(({ revision }) => revision)).toEqual(revisions);
    expect(history.baseline?.clientId).toBe('client-1');
  });

  test('a history of a table that is missing is an error with a code', async () => {
    const lister = createClaimsLister({ client: table.client, tableName: 'missing' });

    await expect(lister.readHistory('pool-5', 'client-1')).rejects.toMatchObject({
      code: 'ERR_STORE_ACCESS',
    });
  });
});

describe('the newest records', () => {
  test.each([
    ['a baseline and many revisions', true, [1, 2, 9, 10, 11], [11]],
    ['a baseline and one revision', true, [4], [4]],
    ['a baseline only', true, [], []],
    ['revisions only', false, [1, 2], [2]],
    ['nothing', false, [], []],
  ])(
    'the newest records of a client with %s are its baseline and its newest revision',
    async (name, hasBaseline, all, expected) => {
      const ids = { userPoolId: 'pool-6', clientId: `client with ${name}` };
      await table.put(
        ...(hasBaseline ? [aBaseline(ids)] : []),
        ...all.map((revision) => anOverride({ ...ids, revision })),
        anOverride({ ...ids, clientId: `${ids.clientId}2`, revision: 99 }),
      );

      const newest = await createLister().readNewest('pool-6', ids.clientId);

      expect(newest.revisions.map(({ revision }) => revision)).toEqual(expected);
      expect(newest.baseline !== undefined).toBe(hasBaseline);
      expect(newest.invalidItems).toEqual([]);
    },
  );

  test('the newest records that are not valid are listed, not thrown', async () => {
    await table.put(aBaseline({ userPoolId: 'pool-7', clientId: 'client-1' }));
    await putInvalidItem('pool-7', 'CLIENT#client-1#CLAIMS#0000000001');

    const newest = await createLister().readNewest('pool-7', 'client-1');

    expect(newest).toMatchObject({
      revisions: [],
      invalidItems: [{ sortKey: 'CLIENT#client-1#CLAIMS#0000000001' }],
    });
  });
});
