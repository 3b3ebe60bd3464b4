import { DescribeTableCommand } from '@aws-sdk/client-dynamodb';
import { type AwsEndpoint, readIfThere } from './aws-endpoint.ts';

/**
 * Finds the claims table that the pools of an environment share.
 *
 * @param names - What each pool's parameter names; a pool without one has its own fault already.
 * @returns An empty name if there is a fault.
 */
export async function findDeployedTable(
  endpoint: AwsEndpoint,
  names: readonly string[],
): Promise<{ readonly tableName: string; readonly faults: readonly string[] }> {
  const [tableName, ...others] = new Set(names);
  if (tableName === undefined) return { tableName: '', faults: [] };
  if (others.length > 0) {
    const all = [tableName, ...others].join(', ');
    return { tableName: '', faults: [`the pools name several claims tables: ${all}`] };
  }
  const describe = new DescribeTableCommand({ TableName: tableName });
  const action = `describe the table ${tableName}`;
  const answer = await readIfThere(endpoint, action, endpoint.dynamoDb.send(describe));
  return answer ? { tableName, faults: [] } : { tableName: '', faults: [`no table ${tableName}`] };
}
