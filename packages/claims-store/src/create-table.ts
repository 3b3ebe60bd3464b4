import { CreateTableCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { CLAIMS_TABLE_KEYS } from './table.ts';

/**
 * Creates the claims table unless it exists, for an embedded DynamoDB; on AWS the deploy creates it.
 *
 * Resolves when the table is created, which is not when it is ready: an embedded one is at once.
 */
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
}
