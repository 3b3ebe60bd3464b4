import { CreateTableCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { CLAIMS_TABLE_KEYS } from '@cognito-m2m/claims-store/table';
import { createClaimsWriter } from '@cognito-m2m/claims-store/writer';
import { type Environment, toBaselineRecord, toSettingsRecord } from '@cognito-m2m/environment';
import type { PoolDirectory } from '../pools/user-pool.ts';

/** Creates the claims table unless it exists. */
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

/** Writes what a deploy would write: the settings of every pool and the baseline of every client. */
export async function seedClaimsTable(
  edges: { readonly client: DynamoDBClient; readonly tableName: string },
  environment: Environment,
  directory: PoolDirectory,
): Promise<void> {
  const writer = createClaimsWriter(edges);
  for (const pool of environment.pools) {
    const served = directory.findPool(pool.name);
    if (served === undefined) continue;
    const { userPoolId } = served;
    const ids = new Map(served.clients.map(({ name, clientId }) => [name, clientId]));
    await writer.putDeclared(toSettingsRecord(pool, userPoolId));
    await Promise.all(
      pool.clients.map((client) =>
        writer.putDeclared(
          toBaselineRecord(pool, client, { userPoolId, clientId: ids.get(client.name) ?? '' }),
        ),
      ),
    );
  }
}
