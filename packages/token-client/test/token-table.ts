import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DynamoDB } from '@aws-sdk/client-dynamodb';
import dynalite from 'dynalite';

/** A table for shared tokens in an embedded DynamoDB. */
export interface TokenTable {
  readonly client: DynamoDB;
  readonly tableName: string;
  /** Every item as the table keeps it. */
  items(): Promise<Record<string, unknown>[]>;
  close(): Promise<void>;
}

/** Starts the table. */
export async function startTokenTable(): Promise<TokenTable> {
  const server: Server = dynalite({ createTableMs: 0 });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const client = new DynamoDB({
    endpoint: `http://127.0.0.1:${port}`,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  const tableName = 'tokens';
  await client.createTable({
    TableName: tableName,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
    KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
  });
  return {
    client,
    tableName,
    items: async () => (await client.scan({ TableName: tableName })).Items ?? [],
    async close() {
      client.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
