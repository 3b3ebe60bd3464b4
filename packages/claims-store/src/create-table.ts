import {
  CreateTableCommand,
  type DynamoDBClient,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';
import { CLAIMS_TABLE_KEYS } from './table.ts';

/** An embedded DynamoDB needs milliseconds, and more on a busy machine. In seconds, as the SDK's waiters take them. */
const READY = { minDelay: 0.01, maxDelay: 0.2, maxWaitTime: 30 };

/** Creates the claims table unless it exists, for an embedded DynamoDB, and waits until it is ready; on AWS the deploy creates it. */
export async function createClaimsTable(client: DynamoDBClient, tableName: string): Promise<void> {
  const { partitionKey, sortKey } = CLAIMS_TABLE_KEYS;
  const create = new CreateTableCommand({
    TableName: tableName,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [
      { AttributeName: partitionKey, AttributeType: 'S' },
      { AttributeName: sortKey, AttributeType: 'S' },
    ],
    KeySchema: [
      { AttributeName: partitionKey, KeyType: 'HASH' },
      { AttributeName: sortKey, KeyType: 'RANGE' },
    ],
  });
  await client.send(create).catch((error: unknown) => {
    const isThere = error instanceof Error && error.name === 'ResourceInUseException';
    if (!isThere) throw error;
  });
  await waitUntilTableExists({ client, ...READY }, { TableName: tableName });
}
