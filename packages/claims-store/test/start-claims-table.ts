import type { AddressInfo } from 'node:net';
import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import type { ClaimRecord } from '@cognito-m2m/claim-schema';
import { encodeRecord } from '@cognito-m2m/claim-schema/records';
import dynalite from 'dynalite';
import { createClaimsTable } from '../src/create-table.ts';

/** An empty claims table behind a real DynamoDB endpoint on loopback, for tests and benchmarks. */
export interface ClaimsTable {
  readonly client: DynamoDBClient;
  readonly endpointUrl: string;
  readonly tableName: string;
  /** Puts records as they are, over what is there. */
  put(...records: readonly ClaimRecord[]): Promise<void>;
  close(): Promise<void>;
}

/** Starts an embedded DynamoDB on a free port and creates the table. */
export async function startClaimsTable(tableName = 'claims'): Promise<ClaimsTable> {
  const server = dynalite({ createTableMs: 0 });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  const endpointUrl = `http://127.0.0.1:${port}`;
  const client = new DynamoDBClient({
    region: 'eu-central-1',
    endpoint: endpointUrl,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  await createClaimsTable(client, tableName);

  return {
    client,
    endpointUrl,
    tableName,
    async put(...records) {
      for (const record of records) {
        await client.send(new PutItemCommand({ TableName: tableName, Item: encodeRecord(record) }));
      }
    },
    async close() {
      client.destroy();
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}
