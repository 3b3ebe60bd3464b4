import {
  type CognitoIdentityProviderClient,
  DescribeUserPoolCommand,
  UpdateUserPoolCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import { UpdateContinuousBackupsCommand, UpdateTableCommand } from '@aws-sdk/client-dynamodb';
import { AddPermissionCommand } from '@aws-sdk/client-lambda';
import type { DeploymentClients } from './gather/gather-deployment.ts';
import type { Repair } from './repairs.ts';
import { type PoolChanges, toUpdateRequest } from './update-pool-request.ts';

/** Applies one repair; it reads what it changes immediately before it writes. */
export async function applyRepair(clients: DeploymentClients, repair: Repair): Promise<void> {
  switch (repair.kind) {
    case 'change-user-pool':
      return changeUserPool(clients.cognito, repair.userPoolId, repair.changes);
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

// Every other setting stays as the pool has it at this moment.
async function changeUserPool(
  cognito: CognitoIdentityProviderClient,
  userPoolId: string,
  changes: PoolChanges,
): Promise<void> {
  const describe = new DescribeUserPoolCommand({ UserPoolId: userPoolId });
  const { UserPool = {} } = await cognito.send(describe);
  await cognito.send(new UpdateUserPoolCommand(toUpdateRequest(userPoolId, UserPool, changes)));
}
