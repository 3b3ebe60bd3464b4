import {
  DescribeContinuousBackupsCommand,
  DescribeTableCommand,
  type DynamoDBClient,
} from '@aws-sdk/client-dynamodb';
import type { TableView } from '../deployment-view.ts';

/** Describes how a claims table is protected. */
export async function describeTable(client: DynamoDBClient, tableName: string): Promise<TableView> {
  const key = { TableName: tableName };
  const { Table } = await client.send(new DescribeTableCommand(key));
  const backups = await client.send(new DescribeContinuousBackupsCommand(key));
  const recovery = backups.ContinuousBackupsDescription?.PointInTimeRecoveryDescription;
  return {
    tableName,
    isDeletionProtected: Table?.DeletionProtectionEnabled === true,
    hasRecovery: recovery?.PointInTimeRecoveryStatus === 'ENABLED',
  };
}
