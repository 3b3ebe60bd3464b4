import { UpdateContinuousBackupsCommand, UpdateTableCommand } from '@aws-sdk/client-dynamodb';
import { AddPermissionCommand } from '@aws-sdk/client-lambda';
import { attachTrigger, changePool } from './change-pool.ts';
import type { DeploymentClients } from './gather/gather-deployment.ts';
import type { Repair } from './repairs.ts';

/** Applies one repair; it reads what it changes immediately before it writes. */
export async function applyRepair(clients: DeploymentClients, repair: Repair): Promise<void> {
  switch (repair.kind) {
    case 'change-user-pool':
      return changePool(clients.cognito, repair.userPoolId, repair.changes);
    case 'attach-trigger':
      return attachTrigger(clients, repair);
    case 'allow-invocation':
      await clients.lambda.send(
        new AddPermissionCommand({
          FunctionName: repair.functionName,
          Qualifier: repair.qualifier,
          StatementId: repair.statementId,
          Action: 'lambda:InvokeFunction',
          Principal: 'cognito-idp.amazonaws.com',
          SourceArn: repair.sourceArn,
          SourceAccount: repair.sourceAccount,
        }),
      );
      return;
    case 'protect-table':
      await clients.dynamoDb.send(
        new UpdateTableCommand({ TableName: repair.tableName, DeletionProtectionEnabled: true }),
      );
      return;
    case 'enable-recovery':
      await clients.dynamoDb.send(
        new UpdateContinuousBackupsCommand({
          TableName: repair.tableName,
          PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        }),
      );
  }
}
