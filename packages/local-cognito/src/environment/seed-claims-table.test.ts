import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { createClaimsLister } from '@cognito-m2m/claims-store/lister';
import { createClaimsWriter } from '@cognito-m2m/claims-store/writer';
import type { Environment } from '@cognito-m2m/environment';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { anEnvironment, startServer, type TestServer } from '../../test/start-server.ts';
import { LOCAL_CREDENTIALS } from '../trigger/lambda-environment.ts';

let dataDirectory: string;
beforeEach(async () => {
  dataDirectory = await mkdtemp(join(tmpdir(), 'local-cognito-'));
});
afterEach(() => rm(dataDirectory, { recursive: true }));

test('a client that left the environment file loses its baseline at the next start, and keeps its overrides', async () => {
  const before = await startServer({ dataDirectory });
  const gone = idOf(before, 'reader');
  await useTable(before, (edges) => createClaimsWriter(edges).addOverride(anOverride(gone)));
  await before.close();

  const after = await startServer({ dataDirectory, environment: withoutReader() });
  const listing = await useTable(after, (edges) =>
    createClaimsLister(edges).listPool(gone.userPoolId),
  );
  await after.close();

  expect(listing.clients.get(gone.clientId)).toEqual({
    clientId: gone.clientId,
    override: anOverride(gone),
  });
  expect(listing.clients.get(after.writer.clientId)?.baseline).toBeDefined();
});

/** The environment after somebody deleted a client from its file. */
function withoutReader(): Environment {
  const environment = anEnvironment();
  const pools = environment.pools.map((pool) => ({
    ...pool,
    clients: pool.clients.filter(({ name }) => name !== 'reader'),
  }));
  return { ...environment, pools };
}

interface ClientIds {
  readonly userPoolId: string;
  readonly clientId: string;
}

function anOverride(ids: ClientIds) {
  return {
    kind: 'override',
    ...ids,
    revision: 1,
    disabled: false,
    claims: { tier: { value: 'free' } },
    updatedBy: 'test',
    reason: 'an operator was here',
    updatedAt: '2026-01-01T00:00:00.000Z',
  } as const;
}

function idOf({ pools }: TestServer, clientName: string): ClientIds {
  const [pool] = pools;
  const client = pool?.clients.find(({ name }) => name === clientName);
  return { userPoolId: pool?.userPoolId ?? '', clientId: client?.clientId ?? '' };
}

async function useTable<T>(
  { dynamoDbEndpoint: endpoint, region, tableName }: TestServer,
  use: (edges: { client: DynamoDBClient; tableName: string }) => Promise<T>,
): Promise<T> {
  const client = new DynamoDBClient({ endpoint, region, credentials: LOCAL_CREDENTIALS });
  return use({ client, tableName }).finally(() => client.destroy());
}
