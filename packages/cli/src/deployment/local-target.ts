import { userInfo } from 'node:os';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Environment } from '@cognito-m2m/environment';
import { secretName } from '@cognito-m2m/environment/names';
import type { LocalDeployment } from '@cognito-m2m/local-cognito/environment';
import type { SecretClients, Target } from '../frame/target.ts';
import { createClaimsAccess } from './claims-access.ts';

/** A local Cognito and its embedded DynamoDB take any credentials; these keep the SDK from looking for real ones. */
const LOCAL_CREDENTIALS = { accessKeyId: 'local', secretAccessKey: 'local' };

/** Creates the target of a running local Cognito. */
export function createLocalTarget(options: {
  readonly environment: Environment;
  readonly deployment: LocalDeployment;
}): Target {
  const { environment, deployment } = options;
  const client = new DynamoDBClient({
    region: environment.region,
    endpoint: deployment.dynamoDbEndpoint,
    credentials: LOCAL_CREDENTIALS,
  });
  const findPool = (name: string) => deployment.pools.find((pool) => pool.name === name);
  const findClient = (poolName: string, clientName: string) =>
    findPool(poolName)?.clients.find(({ name }) => name === clientName);
  let secretClients: Promise<SecretClients> | undefined;
  const openSecretClients = () => {
    secretClients ??= createSecretClients(environment, deployment);
    return secretClients;
  };
  // Here every client has an entry of ours, whoever owns it on AWS.
  const secretEntryOf: Target['secretEntryOf'] = (poolName, clientName) => ({
    secretId: secretName(environment.name, poolName, clientName),
    clientId: undefined,
  });
  return {
    kind: 'local',
    label: `local Cognito at ${deployment.url}`,
    isReadOnly: deployment.isReadOnly,
    async findPool(poolName) {
      const pool = findPool(poolName);
      if (pool === undefined) return undefined;
      const { name, userPoolId, issuer, jwksUri, tokenEndpoint } = pool;
      return { name, userPoolId, issuer, jwksUri, tokenEndpoint, tableName: deployment.tableName };
    },
    listPoolNames: async () => deployment.pools.map(({ name }) => name),
    async listClientIds(poolName) {
      const clients = findPool(poolName)?.clients ?? [];
      return new Map(clients.map(({ name, clientId }) => [name, clientId]));
    },
    findClientId: async (poolName, clientName) => findClient(poolName, clientName)?.clientId,
    async readScopes(pool, clientName, clientId) {
      const declared = environment.pools.find(({ name }) => name === pool.name);
      const client = declared?.clients.find(({ name }) => name === clientName);
      if (client?.clientId === undefined) return client?.scopes ?? [];
      const { readOwnersSettings } = await import('./owners-clients.ts');
      const { cognito } = await openSecretClients();
      return (await readOwnersSettings(cognito, pool.userPoolId, clientId))?.scopes ?? [];
    },
    secretEntryOf,
    async readCredentials(poolName, clientName) {
      const { readStoredSecret } = await import('./stored-secret.ts');
      const { secretsManager } = await openSecretClients();
      return (await readStoredSecret(secretsManager, secretEntryOf(poolName, clientName)))
        .credentials;
    },
    openSecretClients,
    openClaims: ({ tableName }) => createClaimsAccess(client, tableName),
    readCaller: async () => userInfo().username,
  };
}

// Few commands need the SDKs of the two services, and they are slow to load.
async function createSecretClients(
  { region }: Environment,
  { url: endpoint }: LocalDeployment,
): Promise<SecretClients> {
  const { createLocalSecretClients } = await import('./local-secret-clients.ts');
  return createLocalSecretClients({ region, endpoint, credentials: LOCAL_CREDENTIALS });
}
