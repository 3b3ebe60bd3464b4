import { afterAll, beforeAll, expect } from '@jest/globals';
import { ownAddress, testFromElsewhere } from '../../test/from-elsewhere.ts';
import { startServer, type TestServer } from '../../test/start-server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startServer({
    host: '0.0.0.0',
    allowsClientTokenAuth: true,
    ...(ownAddress !== undefined && { allowedHosts: [ownAddress] }),
  });
});
afterAll(() => server.close());

testFromElsewhere.each([
  'AWSCognitoIdentityProviderService.DescribeUserPoolClient',
  'AWSCognitoIdentityProviderService.AddUserPoolClientSecret',
  'AWSCognitoIdentityProviderService.DeleteUserPoolClientSecret',
  'secretsmanager.GetSecretValue',
  'secretsmanager.PutSecretValue',
])('another machine may not call %s', async (target) => {
  const { status, text } = await call(target, {
    UserPoolId: server.pools[0]?.userPoolId,
    ClientId: server.writer.clientId,
    SecretId: 'm2m/test/payments/writer/credentials',
  });

  expect({ status, ...JSON.parse(text) }).toMatchObject({
    status: 400,
    __type: 'NotAuthorizedException',
  });
  expect(text).not.toContain(server.writer.clientSecret);
});

testFromElsewhere('another machine that knows a secret gets a token', async () => {
  const { clientId: ClientId, clientSecret: Secret } = server.writer;

  const { status } = await call('AWSCognitoIdentityProviderService.GetClientToken', {
    ClientId,
    Secret,
  });

  expect(status).toBe(200);
});

async function call(target: string, input: object): Promise<{ status: number; text: string }> {
  const { port } = new URL(server.url);
  const response = await fetch(`http://${ownAddress}:${port}/`, {
    method: 'POST',
    headers: {
      'x-amz-target': target,
      authorization: 'AWS4-HMAC-SHA256 Credential=made-up/20260101/eu-central-1/any/aws4_request',
    },
    body: JSON.stringify(input),
  });
  return { status: response.status, text: await response.text() };
}
