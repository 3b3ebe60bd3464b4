import type { AddressInfo } from 'node:net';
import { DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import dynalite from 'dynalite';
import { createClaimsTable } from './create-table.ts';

const server = dynalite({ createTableMs: 300 });
let client: DynamoDBClient;
beforeAll(async () => {
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  const endpoint = `http://127.0.0.1:${port}`;
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  client = new DynamoDBClient({ region: 'eu-central-1', endpoint, credentials });
});
afterAll(async () => {
  client.destroy();
  server.closeAllConnections();
  await new Promise((closed) => server.close(closed));
});

test('a table that takes its time is ready once it is created, and is created once', async () => {
  await createClaimsTable(client, 'claims');
  const { Table } = await client.send(new DescribeTableCommand({ TableName: 'claims' }));
  await createClaimsTable(client, 'claims');

  expect(Table?.TableStatus).toBe('ACTIVE');
});
