import {
  CloudWatchClient,
  DescribeAlarmsCommand,
  ListDashboardsCommand,
} from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogsClient, DescribeLogGroupsCommand } from '@aws-sdk/client-cloudwatch-logs';
import {
  CognitoIdentityProviderClient,
  ListUserPoolsCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { IAMClient, ListRolesCommand } from '@aws-sdk/client-iam';
import {
  DescribeKeyCommand,
  KMSClient,
  ListAliasesCommand,
  ListKeysCommand,
} from '@aws-sdk/client-kms';
import { LambdaClient, ListFunctionsCommand } from '@aws-sdk/client-lambda';
import { ListSecretsCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { GetParametersByPathCommand, SSMClient } from '@aws-sdk/client-ssm';
import type { LocalAws } from '../support/local-aws.ts';

/** Names of what there is, by kind. */
export type Existing = Readonly<Record<string, readonly unknown[]>>;

/** Lists everything of every kind that a deploy makes; a key that waits for its deletion is gone. */
export async function listExisting({ clientOptions }: LocalAws): Promise<Existing> {
  const watch = new CloudWatchClient(clientOptions);
  const kms = new KMSClient(clientOptions);
  const { Keys = [] } = await kms.send(new ListKeysCommand());
  const keys = await Promise.all(
    Keys.map(({ KeyId }) => kms.send(new DescribeKeyCommand({ KeyId }))),
  );
  const { Aliases = [] } = await kms.send(new ListAliasesCommand());
  const { DashboardEntries = [] } = await watch.send(new ListDashboardsCommand());
  const { MetricAlarms = [] } = await watch.send(new DescribeAlarmsCommand());
  return {
    ...(await listOfClients(clientOptions)),
    alarms: MetricAlarms.map(({ AlarmName }) => AlarmName),
    dashboards: DashboardEntries.map(({ DashboardName }) => DashboardName),
    keyAliases: Aliases.map(({ AliasName = '' }) => AliasName).filter(
      (name) => !name.startsWith('alias/aws/'),
    ),
    keys: keys
      .filter(
        ({ KeyMetadata: key }) =>
          key?.KeyManager === 'CUSTOMER' && key.KeyState !== 'PendingDeletion',
      )
      .map(({ KeyMetadata: key }) => key?.Description),
  };
}

async function listOfClients(options: LocalAws['clientOptions']): Promise<Existing> {
  const pools = new CognitoIdentityProviderClient(options).send(
    new ListUserPoolsCommand({ MaxResults: 60 }),
  );
  const tables = new DynamoDBClient(options).send(new ListTablesCommand());
  const functions = new LambdaClient(options).send(new ListFunctionsCommand());
  const groups = new CloudWatchLogsClient(options).send(new DescribeLogGroupsCommand());
  const roles = new IAMClient(options).send(new ListRolesCommand());
  const secrets = new SecretsManagerClient(options).send(new ListSecretsCommand());
  const path = new GetParametersByPathCommand({ Path: '/m2m', Recursive: true });
  const parameters = new SSMClient(options).send(path);
  return {
    pools: ((await pools).UserPools ?? []).map(({ Name }) => Name),
    tables: (await tables).TableNames ?? [],
    functions: ((await functions).Functions ?? []).map(({ FunctionName }) => FunctionName),
    logGroups: ((await groups).logGroups ?? []).map(({ logGroupName }) => logGroupName),
    roles: ((await roles).Roles ?? []).map(({ RoleName }) => RoleName),
    secrets: ((await secrets).SecretList ?? []).map(({ Name }) => Name),
    parameters: ((await parameters).Parameters ?? []).map(({ Name }) => Name),
  };
}
