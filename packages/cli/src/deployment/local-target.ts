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
  const { region } = environment;
  const { url, dynamoDbEndpoint: endpoint } = deployment;
  const client = new DynamoDBClient({ region, endpoint, credentials: LOCAL_CREDENTIALS });
  const findPool = (name: string) => deployment.pools.find((pool) => pool.name === name);
  const findClient = (poolName: string, clientName: string) =>
    findPool(poolName)?.clients.find(({ name }) => name === clientName);
  let secretClients: Promise<SecretClients> | undefined;
  const openSecretClients = () => {
    secretClients ??= createSecretClients(region, url);
    return secretClients;
  };
  // Here every client has an entry of ours, whoever owns it on AWS.
  const secretEntryOf = (poolName: string, clientName: string) => ({
    secretId: secretName(environment.name, poolName, clientName),
    clientId: undefined,
  });
  return {
    kind: 'local',
    label: `local Cognito at ${url}`,
    isReadOnly: deployment.isReadOnly,
    findPool: async (name) => toDeployedPool(findPool(name), deployment.tableName),
    listPoolNames: async () => deployment.pools.map(({ name }) => name),
    listClientIds: async (poolName) =>
      new Map(findPool(poolName)?.clients.map(({ name, clientId }) => [name, clientId])),
    findClientId: async (poolName, clientName) => findClient(poolName, clientName)?.clientId,
    async readScopes(pool, clientName, clientId) {
      const client = findDeclared(environment, pool.name, clientName);
      if (client?.clientId === undefined) return client?.scopes ?? [];
      const { readOwnersSettings } = await import('./owners-clients.ts');
      const { cognito } = await openSecretClients();
      return (await readOwnersSettings(cognito, pool.userPoolId, clientId))?.scopes ?? [];
    },
    secretEntryOf,
    async readCredentials(poolName, clientName) {
      const { readStoredSecret } = await import('./stored-secret.ts');
      const { secretsManager } = await openSecretClients();
      const entry = secretEntryOf(poolName, clientName);
      return (await readStoredSecret(secretsManager, entry)).credentials;
    },
    openSecretClients,
    openClaims: ({ tableName }) => createClaimsAccess(client, tableName),
    readCaller: async () => userInfo().username,
  };
}

function findDeclared(environment: Environment, poolName: string, clientName: string) {
  const pool = environment.pools.find(({ name }) => name === poolName);
  return pool?.clients.find(({ name }) => name === clientName);
}

function toDeployedPool(pool: LocalDeployment['pools'][number] | undefined, tableName: string) {
  if (pool === undefined) return undefined;
  const { name, userPoolId, issuer, jwksUri, tokenEndpoint } = pool;
  return { name, userPoolId, issuer, jwksUri, tokenEndpoint, tableName };
}

// Few commands need the SDKs of the two services, and they are slow to load.
async function createSecretClients(region: string, endpoint: string): Promise<SecretClients> {
  const { createLocalSecretClients } = await import('./local-secret-clients.ts');
  return createLocalSecretClients({ region, endpoint, credentials: LOCAL_CREDENTIALS });
}
