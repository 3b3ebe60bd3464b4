import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { createClaimsLister } from '@cognito-m2m/claims-store/lister';
import { type ClaimsWriter, createClaimsWriter } from '@cognito-m2m/claims-store/writer';
import {
  type Environment,
  type Pool,
  toBaselineRecord,
  toSettingsRecord,
} from '@cognito-m2m/environment';
import { inBatches } from '../in-batches.ts';
import type { PoolDirectory, UserPool } from '../pools/user-pool.ts';

/** The table to seed. */
interface TableEdges {
  readonly client: DynamoDBClient;
  readonly tableName: string;
}

/**
 * Does what a deploy would do: writes the settings of every pool and the baseline of every client, and deletes the baselines
 * of clients that are no longer declared. Overrides are the operators' and stay.
 */
export async function seedClaimsTable(
  edges: TableEdges,
  environment: Environment,
  directory: PoolDirectory,
): Promise<void> {
  const writer = createClaimsWriter(edges);
  for (const pool of environment.pools) {
    const served = directory.findPool(pool.name);
    if (served === undefined) continue;
    await writeDeclared(writer, pool, served);
    await deleteUndeclared(edges, writer, served);
  }
}

async function writeDeclared(
  writer: ClaimsWriter,
  pool: Pool,
  { userPoolId, clients }: UserPool,
): Promise<void> {
  const ids = new Map(clients.map(({ name, clientId }) => [name, clientId]));
  await writer.putDeclared(toSettingsRecord(pool, userPoolId));
  await inBatches(pool.clients, (client) => {
    const clientId = ids.get(client.name) ?? '';
    return writer.putDeclared(toBaselineRecord(pool, client, { userPoolId, clientId }));
  });
}

async function deleteUndeclared(
  edges: TableEdges,
  writer: ClaimsWriter,
  { userPoolId, clients }: UserPool,
): Promise<void> {
  const declared = new Set(clients.map(({ clientId }) => clientId));
  const listing = await createClaimsLister(edges).listPool(userPoolId);
  for (const { clientId, baseline } of listing.clients.values()) {
    if (baseline && !declared.has(clientId)) await writer.deleteBaseline(userPoolId, clientId);
  }
}
