import {
  AddUserPoolClientSecretCommand,
  CognitoIdentityProviderClient,
  DeleteUserPoolClientSecretCommand,
  DescribeUserPoolClientCommand,
  DescribeUserPoolCommand,
  GetClientTokenCommand,
  ListUserPoolClientSecretsCommand,
  ListUserPoolClientsCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startServer, type TestServer } from '../../test/start-server.ts';

let server: TestServer;
let sdk: CognitoIdentityProviderClient;
let ids: { UserPoolId: string; ClientId: string };
beforeAll(async () => {
  server = await startServer({ triggerTimeoutMs: 1000, allowsClientTokenAuth: true });
  sdk = createSdk(server.url);
  const [pool] = server.pools;
  ids = { UserPoolId: pool?.userPoolId ?? '', ClientId: server.writer.clientId };
});
afterAll(async () => {
  sdk.destroy();
  await server.close();
});

describe('GetClientToken', () => {
  test('GetClientToken issues a token with the scopes asked for', async () => {
    const { ClientAuthenticationResult: result } = await sdk.send(
      new GetClientTokenCommand({
        ClientId: server.writer.clientId,
        Secret: server.writer.clientSecret,
        Scopes: ['orders/read'],
      }),
    );

    expect(result).toEqual({
      AccessToken: expect.any(String),
      ExpiresIn: 300,
      TokenType: 'Bearer',
    });
    expect(server.requests()[0]).toMatchObject({ via: 'GetClientToken', scopes: ['orders/read'] });
  });

  test.each([
    ['a wrong secret', { Secret: 'wrong' }, 'NotAuthorizedException'],
    ['an unknown client', { ClientId: 'unknown' }, 'ResourceNotFoundException'],
    ['a scope it may not have', { Scopes: ['a/b'] }, 'InvalidParameterException'],
    ['no id', { ClientId: '' }, 'InvalidParameterException'],
    [
      'a trigger that refuses',
      { ClientMetadata: { throw: 'No.' } },
      'UserLambdaValidationException',
    ],
    ['a trigger that hangs', { ClientMetadata: { hang: '' } }, 'UnexpectedLambdaException'],
    [
      'a trigger that answers nonsense',
      { ClientMetadata: { answer: '1' } },
      'InvalidLambdaResponseException',
    ],
  ])('GetClientToken refuses %s', async (_name, change, name) => {
    const command = new GetClientTokenCommand({
      ClientId: server.writer.clientId,
      Secret: server.writer.clientSecret,
      ...change,
    });

    await expect(sdk.send(command)).rejects.toMatchObject({ name });
  });
});

describe('a client without ALLOW_CLIENT_TOKEN_AUTH', () => {
  test('a client without ALLOW_CLIENT_TOKEN_AUTH gets no token by GetClientToken, with its secret or without', async () => {
    const plain = await startServer();
    const plainSdk = createSdk(plain.url);
    const { clientId: ClientId, clientSecret } = plain.writer;

    const answers = [clientSecret, 'wrong'].map((Secret) =>
      plainSdk.send(new GetClientTokenCommand({ ClientId, Secret })),
    );

    for (const answer of answers) {
      await expect(answer).rejects.toMatchObject({ name: 'InvalidParameterException' });
    }
    await expect(plain.request()).resolves.toMatchObject({ status: 200 });
    plainSdk.destroy();
    await plain.close();
  });

  test.each([
    [true, ['ALLOW_CLIENT_TOKEN_AUTH']],
    [false, ['ALLOW_REFRESH_TOKEN_AUTH']],
  ])(
    'a client without ALLOW_CLIENT_TOKEN_AUTH is described so: %s',
    async (allowsClientTokenAuth, ExplicitAuthFlows) => {
      const other = await startServer({ allowsClientTokenAuth });
      const otherSdk = createSdk(other.url);

      const { UserPoolClient } = await otherSdk.send(new DescribeUserPoolClientCommand(ids));

      expect(UserPoolClient).toMatchObject({ ExplicitAuthFlows });
      otherSdk.destroy();
      await other.close();
    },
  );
});

describe('client secrets', () => {
  test('client secrets rotate without a gap', async () => {
    const added = await sdk.send(new AddUserPoolClientSecretCommand(ids));
    const fresh = added.ClientSecretDescriptor?.ClientSecretValue ?? '';

    await expect(server.request()).resolves.toMatchObject({ status: 200 });
    await expect(server.request({ client_secret: fresh })).resolves.toMatchObject({ status: 200 });

    const { ClientSecrets = [] } = await sdk.send(new ListUserPoolClientSecretsCommand(ids));
    expect(ClientSecrets).toEqual([
      { ClientSecretId: expect.any(String), ClientSecretCreateDate: expect.any(Date) },
      {
        ClientSecretId: added.ClientSecretDescriptor?.ClientSecretId,
        ClientSecretCreateDate: expect.any(Date),
      },
    ]);

    const ClientSecretId = added.ClientSecretDescriptor?.ClientSecretId ?? '';
    await sdk.send(new DeleteUserPoolClientSecretCommand({ ...ids, ClientSecretId }));
    await expect(server.request({ client_secret: fresh })).resolves.toMatchObject({ status: 400 });
  });

  test('client secrets are two at most, and never none', async () => {
    const ClientSecret = 'chosen+by_the+caller_0123';
    const added = await sdk.send(new AddUserPoolClientSecretCommand({ ...ids, ClientSecret }));
    const third = sdk.send(new AddUserPoolClientSecretCommand(ids));
    await expect(third).rejects.toMatchObject({ name: 'LimitExceededException' });

    const ClientSecretId = added.ClientSecretDescriptor?.ClientSecretId ?? '';
    expect(added.ClientSecretDescriptor).not.toHaveProperty('ClientSecretValue');
    await sdk.send(new DeleteUserPoolClientSecretCommand({ ...ids, ClientSecretId }));
    const { ClientSecrets = [] } = await sdk.send(new ListUserPoolClientSecretsCommand(ids));
    const last = { ...ids, ClientSecretId: ClientSecrets[0]?.ClientSecretId ?? '' };
    await expect(sdk.send(new DeleteUserPoolClientSecretCommand(last))).rejects.toMatchObject({
      name: 'InvalidParameterException',
    });
  });

  test.each(['too short', 'with-a-hyphen-in-it-and-long-enough', 'x'.repeat(65)])(
    'client secrets are not %s',
    async (ClientSecret) => {
      const command = new AddUserPoolClientSecretCommand({ ...ids, ClientSecret });

      await expect(sdk.send(command)).rejects.toMatchObject({ name: 'InvalidParameterException' });
    },
  );
});

describe('descriptions', () => {
  test('descriptions of a client say what it may do', async () => {
    const { UserPoolClient } = await sdk.send(new DescribeUserPoolClientCommand(ids));

    expect(UserPoolClient).toMatchObject({
      ClientName: 'writer',
      ClientSecret: server.writer.clientSecret,
      AccessTokenValidity: 5,
      TokenValidityUnits: { AccessToken: 'minutes' },
      AllowedOAuthFlows: ['client_credentials'],
      AllowedOAuthFlowsUserPoolClient: true,
      AllowedOAuthScopes: ['orders/read', 'orders/write'],
    });
  });

  test('descriptions of a pool show the trigger', async () => {
    const { UserPool } = await sdk.send(new DescribeUserPoolCommand(ids));

    expect(UserPool).toMatchObject({
      Name: 'payments',
      Domain: 'acme-test-payments',
      UserPoolTier: 'ESSENTIALS',
      LambdaConfig: { PreTokenGenerationConfig: { LambdaVersion: 'V3_0' } },
    });
  });

  test('descriptions list the clients page by page', async () => {
    const first = await sdk.send(new ListUserPoolClientsCommand({ ...ids, MaxResults: 1 }));
    const second = await sdk.send(
      new ListUserPoolClientsCommand({ ...ids, MaxResults: 1, NextToken: first.NextToken }),
    );

    expect(first.UserPoolClients).toMatchObject([{ ClientName: 'writer' }]);
    expect(second.UserPoolClients).toMatchObject([{ ClientName: 'reader' }]);
    expect(second.NextToken).toBeUndefined();
  });

  test('descriptions of an unknown pool are refused', async () => {
    const command = new DescribeUserPoolCommand({ UserPoolId: 'payments' });

    await expect(sdk.send(command)).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });
});

describe('a bare call', () => {
  test.each([
    ['without an operation', {}, '{}', 'UnknownOperationException'],
    [
      'of another service',
      { 'x-amz-target': 'DynamoDB.GetItem' },
      '{}',
      'UnknownOperationException',
    ],
    [
      'without a signature',
      { 'x-amz-target': 'AWSCognitoIdentityProviderService.DescribeUserPool' },
      '{}',
      'MissingAuthenticationTokenException',
    ],
    [
      'with half a body',
      { 'x-amz-target': 'AWSCognitoIdentityProviderService.GetClientToken' },
      '{"ClientId":',
      'SerializationException',
    ],
    [
      'with too large a body',
      { 'x-amz-target': 'AWSCognitoIdentityProviderService.GetClientToken' },
      ' '.repeat(64 * 1024 + 1),
      'RequestEntityTooLargeException',
    ],
  ])('%s is refused', async (_name, headers, body, name) => {
    const response = await fetch(server.url, { method: 'POST', headers, body });

    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ __type: name, message: expect.any(String) });
  });
});

function createSdk(endpoint: string): CognitoIdentityProviderClient {
  return new CognitoIdentityProviderClient({
    endpoint,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
}
