import {
  DescribeUserPoolCommand,
  UpdateUserPoolCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import { UpdateContinuousBackupsCommand, UpdateTableCommand } from '@aws-sdk/client-dynamodb';
import { AddPermissionCommand } from '@aws-sdk/client-lambda';
import { CliError } from '../../errors.ts';
import type { AwsClients } from '../../target/aws-clients.ts';
import { describeRepair, type Repair } from './repair.ts';
import { toUpdateRequest } from './update-pool-request.ts';

/**
 * Applies repairs in their order; each reads what it changes at once before it writes.
 *
 * @throws {CliError} `ERR_REPAIR_FAILED`, which names what was applied before and what was not.
 */
export async function applyRepairs(clients: AwsClients, repairs: readonly Repair[]): Promise<void> {
  for (const [index, repair] of repairs.entries()) {
    await applyRepair(clients, repair).catch((cause: unknown) => {
      throw repairFailed(repairs, index, cause);
    });
  }
}

function repairFailed(repairs: readonly Repair[], index: number, cause: unknown): CliError {
  const lines = (some: readonly Repair[], mark: string) =>
    some.flatMap(describeRepair).map((line) => `  ${mark} ${line}`);
  const reason = cause instanceof Error ? cause.name : 'unknown error';
  const message = [
    `A repair failed: ${reason}.`,
    ...lines(repairs.slice(0, index), 'applied:'),
    ...lines(repairs.slice(index, index + 1), 'failed:'),
    ...lines(repairs.slice(index + 1), 'not tried:'),
  ].join('\n');
  return new CliError('ERR_REPAIR_FAILED', message, { cause, next: { m2m: 'doctor' } });
}

async function applyRepair(clients: AwsClients, repair: Repair): Promise<void> {
  switch (repair.kind) {
    case 'change-user-pool':
      return changeUserPool(clients, repair);
    case 'allow-invocation':
      return allowInvocation(clients, repair);
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

type RepairOf<Kind extends Repair['kind']> = Extract<Repair, { readonly kind: Kind }>;

async function changeUserPool(
  { cognito }: AwsClients,
  { userPoolId, changes }: RepairOf<'change-user-pool'>,
): Promise<void> {
  const describe = new DescribeUserPoolCommand({ UserPoolId: userPoolId });
  const { UserPool = {} } = await cognito.send(describe);
  await cognito.send(new UpdateUserPoolCommand(toUpdateRequest(userPoolId, UserPool, changes)));
}

async function allowInvocation(
  { lambda }: AwsClients,
  repair: RepairOf<'allow-invocation'>,
): Promise<void> {
  await lambda.send(
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
}
