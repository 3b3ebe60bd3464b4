import {
  CognitoIdentityProviderClient,
  ListUserPoolClientsCommand,
  ListUserPoolsCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import { DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { GetParametersByPathCommand, SSMClient } from '@aws-sdk/client-ssm';
import { contract } from '@cognito-m2m/claim-schema/fixtures';
import { encodeRecord, type Item } from '@cognito-m2m/claim-schema/records';
import {
  type EnvironmentInput,
  toBaselineRecord,
  toSettingsRecord,
  validateEnvironment,
} from '@cognito-m2m/environment';
import { secretName } from '@cognito-m2m/environment/names';
import type { LocalAws } from '../support/local-aws.ts';

/** What a deployment left in the AWS API, read as an outsider would. */
export interface Deployed {
  /** All items of the claims table, by key. */
  readItems(tableName: string): Promise<Item[]>;
  /** The items that an environment file asks for, with the ids that AWS gave. */
  expectedItems(environment: EnvironmentInput): Promise<Item[]>;
  readSecret(name: string): Promise<unknown>;
  secretName(environment: string, pool: string, client: string): string;
  readParameters(path: string): Promise<Record<string, string>>;
}

/** Creates a reader of a local AWS API. */
export function createDeployed({ clientOptions }: Pick<LocalAws, 'clientOptions'>): Deployed {
  const cognito = new CognitoIdentityProviderClient(clientOptions);
  const dynamo = new DynamoDBClient(clientOptions);
  const secrets = new SecretsManagerClient(clientOptions);
  const ssm = new SSMClient(clientOptions);

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
    secretName,
    async readItems(tableName) {
      const { Items = [] } = await dynamo.send(new ScanCommand({ TableName: tableName }));
      return sortItems(Items as unknown as Item[]);
    },
    async expectedItems(input) {
      const environment = validateEnvironment(contract, input);
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
  };
}

function sortItems(items: Item[]): Item[] {
  const keyOf = ({ pk, sk }: Item) => JSON.stringify([pk, sk]);
  return items.sort((first, second) => (keyOf(first) < keyOf(second) ? -1 : 1));
}
