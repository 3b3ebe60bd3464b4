import {
  CognitoIdentityProviderClient,
  ListUserPoolClientsCommand,
  ListUserPoolsCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import { DynamoDBClient, ListTablesCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import {
  GetSecretValueCommand,
  ListSecretsCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { GetParametersByPathCommand, SSMClient } from '@aws-sdk/client-ssm';
import { encodeRecord, type Item } from '@cognito-m2m/claim-schema';
import {
  type EnvironmentInput,
  toBaselineRecord,
  toSettingsRecord,
  validateEnvironment,
} from '@cognito-m2m/environment';
import type { LocalAws } from './local-aws.ts';

/** What a deployment left in the AWS API, read as an outsider would. */
export interface Deployed {
  /** All items of the claims table, by key. */
  readItems(tableName: string): Promise<Item[]>;
  /** The items that an environment file asks for, with the ids that AWS gave. */
  expectedItems(environment: EnvironmentInput): Promise<Item[]>;
  readSecret(name: string): Promise<unknown>;
  readParameters(path: string): Promise<Record<string, string>>;
  /** The names of all that still exists. */
  listAll(): Promise<string[]>;
}

/** Creates a reader of a local AWS API. */
export function createDeployed(aws: LocalAws): Deployed {
  const options = {
    endpoint: aws.endpointUrl,
    region: aws.env['AWS_REGION'] ?? '',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  };
  const cognito = new CognitoIdentityProviderClient(options);
  const dynamo = new DynamoDBClient(options);
  const secrets = new SecretsManagerClient(options);
  const ssm = new SSMClient(options);

  const listPools = async () =>
    (await cognito.send(new ListUserPoolsCommand({ MaxResults: 60 }))).UserPools ?? [];
  const listClients = async (UserPoolId: string) =>
    (await cognito.send(new ListUserPoolClientsCommand({ UserPoolId, MaxResults: 60 })))
      .UserPoolClients ?? [];
  const readParameters = async (Path: string) => {
    const command = new GetParametersByPathCommand({ Path, Recursive: true });
    const { Parameters = [] } = await ssm.send(command);
    return Object.fromEntries(Parameters.map(({ Name = '', Value = '' }) => [Name, Value]));
  };

  return {
    readParameters,
    async readItems(tableName) {
      const { Items = [] } = await dynamo.send(new ScanCommand({ TableName: tableName }));
      return sortItems(Items as unknown as Item[]);
    },
    async expectedItems(input) {
      const environment = validateEnvironment(input);
      const pools = await listPools();
      const items = environment.pools.map(async (pool) => {
        const userPoolId =
          pools.find(({ Name }) => Name === `m2m-${environment.name}-${pool.name}`)?.Id ?? '';
        const clients = await listClients(userPoolId);
        const baselines = pool.clients.map((client) => {
          const clientId = clients.find((one) => one.ClientName === client.name)?.ClientId ?? '';
          return toBaselineRecord(pool, client, { userPoolId, clientId });
        });
        return [toSettingsRecord(pool, userPoolId), ...baselines].map(encodeRecord);
      });
      return sortItems((await Promise.all(items)).flat());
    },
    async readSecret(SecretId) {
      const { SecretString = '' } = await secrets.send(new GetSecretValueCommand({ SecretId }));
      return JSON.parse(SecretString);
    },
    async listAll() {
      const { TableNames = [] } = await dynamo.send(new ListTablesCommand({}));
      const { SecretList = [] } = await secrets.send(new ListSecretsCommand({}));
      return [
        ...(await listPools()).map(({ Name }) => `pool ${Name}`),
        ...TableNames.map((name) => `table ${name}`),
        ...SecretList.map(({ Name }) => `secret ${Name}`),
        ...Object.keys(await readParameters('/m2m')).map((name) => `parameter ${name}`),
      ];
    },
  };
}

function sortItems(items: Item[]): Item[] {
  const keyOf = ({ pk, sk }: Item) => JSON.stringify([pk, sk]);
  return items.sort((first, second) => (keyOf(first) < keyOf(second) ? -1 : 1));
}
