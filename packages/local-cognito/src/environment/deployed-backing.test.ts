import {
  AddUserPoolClientSecretCommand,
  CognitoIdentityProviderClient,
} from '@aws-sdk/client-cognito-identity-provider';
import { contract } from '@cognito-m2m/claim-schema/fixtures';
import { validateEnvironment } from '@cognito-m2m/environment';
import { afterEach, expect, jest, test } from '@jest/globals';
import { type AwsApi, type AwsContent, startAwsApi } from '../../test/start-aws-api.ts';
import { startServer, type TestServer } from '../../test/start-server.ts';

// The first start loads the clients of the AWS SDK.
jest.setTimeout(20_000);

const POOL_ID = 'eu-central-1_Deployed1';
const PATH = '/m2m/test/payments';
const SECRET = 'a-secret-that-the-api-made';

const open: (AwsApi | TestServer)[] = [];
afterEach(async () => {
  for (let one = open.pop(); one !== undefined; one = open.pop()) await one.close();
});

/** One pool with one client. */
const environment = validateEnvironment(contract, {
  name: 'test',
  region: 'eu-central-1',
  owner: 'platform',
  state: { type: 'local' },
  pools: {
    payments: {
      domainPrefix: 'acme-test-payments',
      resourceServers: { orders: { name: 'Orders', scopes: { read: 'Read', write: 'Write' } } },
      defaults: { claims: { environment: 'test' } },
      clients: { writer: { description: 'Writes orders', scopes: ['orders/write'] } },
    },
  },
});

function aClient(overrides: object = {}): object {
  return {
    ClientSecret: SECRET,
    AllowedOAuthFlows: ['client_credentials'],
    AllowedOAuthScopes: ['orders/read'],
    AccessTokenValidity: 2,
    TokenValidityUnits: { AccessToken: 'hours' },
    CreationDate: 1000,
    ...overrides,
  };
}

function aDeployment(overrides: Partial<AwsContent> = {}): AwsContent {
  return {
    parameters: {
      [`${PATH}/user-pool-id`]: POOL_ID,
      [`${PATH}/table-name`]: 'claims',
      [`${PATH}/clients/writer`]: 'deployedclient1',
    },
    pools: { [POOL_ID]: { deployedclient1: aClient() } },
    ...overrides,
  };
}

async function startBefore(content: AwsContent) {
  const api = await startAwsApi(content);
  open.push(api);
  const server = await startServer({ environment, endpointUrl: api.url });
  open.push(server);
  return { api, server };
}

test('the deployed backing serves the ids, secrets, scopes and lifetimes of the API', async () => {
  const { api, server } = await startBefore(aDeployment());

  const { body, claims } = await server.request();

  expect(server).toMatchObject({
    dynamoDbEndpoint: api.url,
    tableName: 'claims',
    isReadOnly: true,
  });
  expect(server.writer).toMatchObject({ clientId: 'deployedclient1', clientSecret: SECRET });
  expect(body).toMatchObject({ expires_in: 7200 });
  expect(claims).toMatchObject({ client_id: 'deployedclient1', scope: 'orders/read' });
});

test.each([
  ['minutes', 5, 300],
  ['seconds', 600, 600],
  ['days', 1, 86_400],
])(
  'the deployed backing reads a lifetime in %s',
  async (AccessToken, AccessTokenValidity, expiresInSeconds) => {
    const client = aClient({ AccessTokenValidity, TokenValidityUnits: { AccessToken } });
    const { server } = await startBefore(
      aDeployment({ pools: { [POOL_ID]: { deployedclient1: client } } }),
    );

    expect((await server.request()).body).toMatchObject({ expires_in: expiresInSeconds });
  },
);

test('the deployed backing only reads secrets', async () => {
  const { server } = await startBefore(aDeployment());
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const sdk = new CognitoIdentityProviderClient({
    endpoint: server.url,
    region: 'eu-central-1',
    credentials,
  });

  const add = new AddUserPoolClientSecretCommand({
    UserPoolId: POOL_ID,
    ClientId: 'deployedclient1',
  });

  await expect(sdk.send(add)).rejects.toMatchObject({ name: 'NotAuthorizedException' });
  sdk.destroy();
});

test.each([
  ['ALLOW_CLIENT_TOKEN_AUTH', 'a token'],
  ['ALLOW_REFRESH_TOKEN_AUTH', 'InvalidParameterException'],
])('a client that the API gave %s gets from GetClientToken: %s', async (flow, outcome) => {
  const client = aClient({ ExplicitAuthFlows: [flow] });
  const { server } = await startBefore(
    aDeployment({ pools: { [POOL_ID]: { deployedclient1: client } } }),
  );

  const response = await fetch(server.url, {
    method: 'POST',
    headers: { 'x-amz-target': 'AWSCognitoIdentityProviderService.GetClientToken' },
    body: JSON.stringify({ ClientId: 'deployedclient1', Secret: SECRET }),
  });

  const answer = (await response.json()) as { __type?: string };
  expect(response.ok ? 'a token' : answer.__type).toBe(outcome);
});

test('the deployed backing names everything that an empty API lacks', async () => {
  await expect(startBefore({ parameters: {}, pools: {} })).rejects.toMatchObject({
    code: 'ERR_LOCAL_DEPLOYMENT_INCOMPLETE',
    message: expect.stringMatching(/2 faults.*\/table-name.*\/user-pool-id/s),
  });
});

test('the deployed backing names what the parameters point to and is not there', async () => {
  const { parameters } = aDeployment();
  const content = {
    parameters: { ...parameters, [`${PATH}/table-name`]: 'nowhere' },
    pools: { [POOL_ID]: {} },
  };

  await expect(startBefore(content)).rejects.toMatchObject({
    code: 'ERR_LOCAL_DEPLOYMENT_INCOMPLETE',
    message: expect.stringMatching(/2 faults.*no client deployedclient1.*no table nowhere/s),
  });
});

test.each([
  [
    'no parameter of the client',
    { [POOL_ID]: {} },
    ['user-pool-id', 'table-name'],
    /clients\/writer/,
  ],
  ['no pool', {}, ['user-pool-id', 'table-name'], /no pool eu-central-1_Deployed1/],
])('the deployed backing refuses to start with %s', async (_name, pools, leaves, message) => {
  const all = aDeployment().parameters;
  const kept = leaves.map((leaf) => [`${PATH}/${leaf}`, all[`${PATH}/${leaf}`] ?? '']);

  const started = startBefore({ pools, parameters: Object.fromEntries(kept) });

  await expect(started).rejects.toMatchObject({ message: expect.stringMatching(message) });
});

test.each([
  ['a client without a secret', { ClientSecret: undefined }, /has no secret/],
  ['a client of users', { AllowedOAuthFlows: ['code'] }, /may not use client_credentials/],
])('the deployed backing refuses %s', async (_name, overrides, message) => {
  const pools = { [POOL_ID]: { deployedclient1: aClient(overrides) } };

  await expect(startBefore(aDeployment({ pools }))).rejects.toMatchObject({
    message: expect.stringMatching(message),
  });
});

test.each([
  ['nothing listens there', 'http://127.0.0.1:1', 'ERR_LOCAL_ENDPOINT_FAILED'],
  ['it is not an address', 'localhost', 'ERR_LOCAL_ENDPOINT_INVALID'],
  ['it holds a password', 'http://me:hidden@127.0.0.1:1', 'ERR_LOCAL_ENDPOINT_INVALID'],
])('the deployed backing says of an endpoint that %s', async (_name, endpointUrl, code) => {
  const started = startServer({ environment, endpointUrl });

  await expect(started).rejects.toMatchObject({
    code,
    message: expect.not.stringContaining('hidden'),
  });
});

test.each([
  ['data of its own', { dataDirectory: 'data' }],
  ['flows of its own', { allowsClientTokenAuth: true }],
])('%s cannot be combined with an endpoint', async (_name, conflicting) => {
  const options = { environment, endpointUrl: 'http://127.0.0.1:1', ...conflicting };

  await expect(startServer(options)).rejects.toMatchObject({ code: 'ERR_LOCAL_OPTIONS_CONFLICT' });
});
