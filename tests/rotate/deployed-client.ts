import {
  CognitoIdentityProviderClient,
  ListUserPoolClientSecretsCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import {
  CreateSecretCommand,
  GetSecretValueCommand,
  ListSecretVersionIdsCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { contract } from '@cognito-m2m/claim-schema/fixtures';
import { loadEnvironment } from '@cognito-m2m/environment';
import { FIXTURE_ENVIRONMENTS } from '@cognito-m2m/environment/fixtures';
import {
  type LocalEnvironment,
  startLocalEnvironment,
} from '@cognito-m2m/local-cognito/environment';
import { type LocalAws, startLocalAws } from '../support/local-aws.ts';
import { findClient, requestToken } from '../support/token.ts';
import type { DeployTools } from '../support/tools.ts';
import { createInterruptingProxy, type InterruptingProxy } from './interrupting-proxy.ts';

const SECRET_NAME = 'm2m/local/payments/billing-worker/credentials';
const REGION = 'eu-central-1';
const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };

/** What the services hold for the one client. */
interface SecretsSeen {
  /** How many secrets Amazon Cognito takes. */
  readonly count: number;
  /** True if the secret that services read gets a token. */
  readonly isCurrentGood: boolean;
  /** Labels by version. */
  readonly labels: Readonly<Record<string, readonly string[]>>;
  /** The value that services read. */
  readonly current: string;
}

/** A deployed client: its secrets in local Cognito, their copies in moto, and a proxy before both. */
export interface DeployedClient {
  readonly proxy: InterruptingProxy;
  /** The variables that send an unmodified SDK through the proxy. */
  readonly env: Readonly<Record<string, string>>;
  readonly cognito: LocalEnvironment;
  look(): Promise<SecretsSeen>;
  close(): Promise<void>;
}

/** Starts the services and writes what a deploy of the client leaves behind. */
export async function deployClient(tools: DeployTools): Promise<DeployedClient> {
  const environment = await loadEnvironment('local', {
    contract,
    directory: FIXTURE_ENVIRONMENTS,
  });
  const [aws, cognito] = await Promise.all([
    startLocalAws(tools),
    startLocalEnvironment({ environment }),
  ]);
  const proxy = createInterruptingProxy();
  const [awsUrl, cognitoUrl, tableUrl] = await Promise.all(
    [aws.endpointUrl, cognito.url, cognito.dynamoDbEndpoint].map(proxy.standFor),
  );
  await writeDeployment(aws, cognito, String(cognitoUrl));
  return {
    proxy,
    cognito,
    env: {
      ...aws.env,
      AWS_ENDPOINT_URL: String(awsUrl),
      AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER: String(cognitoUrl),
      AWS_ENDPOINT_URL_DYNAMODB: String(tableUrl),
    },
    look: () => look(aws, cognito),
    async close() {
      await Promise.all([proxy.close(), aws.close(), cognito.close()]);
    },
  };
}

async function writeDeployment(
  { endpointUrl }: LocalAws,
  cognito: LocalEnvironment,
  tokenUrl: string,
): Promise<void> {
  const client = findClient(cognito, 'payments', 'billing-worker');
  const { pool } = client;
  const config = { region: REGION, endpoint: endpointUrl, credentials };
  const ssm = new SSMClient(config);
  const parameters = {
    'user-pool-id': pool.userPoolId,
    issuer: pool.issuer,
    'token-endpoint': `${tokenUrl}/payments/oauth2/token`,
    'table-name': cognito.tableName,
    'clients/billing-worker': client.clientId,
  };
  for (const [name, Value] of Object.entries(parameters)) {
    const Name = `/m2m/local/payments/${name}`;
    await ssm.send(new PutParameterCommand({ Name, Value, Type: 'String' }));
  }
  const SecretString = JSON.stringify({
    client_id: client.clientId,
    client_secret: client.clientSecret,
    note: 'kept by its owner',
  });
  await new SecretsManagerClient(config).send(
    new CreateSecretCommand({ Name: SECRET_NAME, SecretString }),
  );
}

async function look({ endpointUrl }: LocalAws, cognito: LocalEnvironment): Promise<SecretsSeen> {
  const client = findClient(cognito, 'payments', 'billing-worker');
  const { pool } = client;
  const pools = new CognitoIdentityProviderClient({
    region: REGION,
    endpoint: cognito.url,
    credentials,
  });
  const manager = new SecretsManagerClient({ region: REGION, endpoint: endpointUrl, credentials });
  const ids = { UserPoolId: pool.userPoolId, ClientId: client.clientId };
  const { ClientSecrets = [] } = await pools.send(new ListUserPoolClientSecretsCommand(ids));
  const { SecretString = '' } = await manager.send(
    new GetSecretValueCommand({ SecretId: SECRET_NAME }),
  );
  const { Versions = [] } = await manager.send(
    new ListSecretVersionIdsCommand({ SecretId: SECRET_NAME, IncludeDeprecated: true }),
  );
  const { note, ...form } = JSON.parse(SecretString);
  const { status } = await requestToken({ ...client, clientSecret: form.client_secret });
  return {
    count: ClientSecrets.length,
    isCurrentGood:
      status === 200 && form.client_id === client.clientId && note === 'kept by its owner',
    labels: Object.fromEntries(
      Versions.map(({ VersionId = '', VersionStages = [] }) => [VersionId, VersionStages]),
    ),
    current: form.client_secret,
  };
}
