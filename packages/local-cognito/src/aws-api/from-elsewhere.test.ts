import {
  AddUserPoolClientSecretCommand,
  CognitoIdentityProviderClient,
  DescribeUserPoolClientCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, describe, expect } from '@jest/globals';
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

describe('another machine that signs with the secret chosen for it', () => {
  const apiSecret = 'a+secret/of-other_containers';
  let opened: TestServer;
  beforeAll(async () => {
    opened = await startServer({
      host: '0.0.0.0',
      apiSecret,
      ...(ownAddress !== undefined && { allowedHosts: [ownAddress] }),
    });
  });
  afterAll(() => opened.close());

  /** What any AWS SDK takes in another container. */
  function configOf(secretAccessKey: string) {
    const endpoint = `http://${ownAddress}:${new URL(opened.url).port}`;
    const credentials = { accessKeyId: 'container', secretAccessKey };
    return { endpoint, region: 'eu-central-1', credentials, maxAttempts: 1 };
  }

  const ids = () => ({
    UserPoolId: opened.pools[0]?.userPoolId,
    ClientId: opened.writer.clientId,
  });

  testFromElsewhere(
    'a machine that signs with the chosen secret reads and changes what the machine itself may',
    async () => {
      const sdk = new CognitoIdentityProviderClient(configOf(apiSecret));
      const secrets = new SecretsManagerClient(configOf(apiSecret));

      const { UserPoolClient } = await sdk.send(new DescribeUserPoolClientCommand(ids()));
      const added = await sdk.send(new AddUserPoolClientSecretCommand(ids()));
      const entry = await secrets.send(
        new GetSecretValueCommand({ SecretId: 'm2m/test/payments/writer/credentials' }),
      );

      expect(UserPoolClient?.ClientSecret).toBe(opened.writer.clientSecret);
      expect(added.ClientSecretDescriptor?.ClientSecretValue).toEqual(expect.any(String));
      expect(entry.SecretString).toContain(opened.writer.clientId);
    },
  );

  testFromElsewhere.each(['another+secret/of-somebody', `${apiSecret}!`])(
    'another machine that signs with another secret is refused: %s',
    async (wrong) => {
      const sdk = new CognitoIdentityProviderClient(configOf(wrong));

      await expect(sdk.send(new DescribeUserPoolClientCommand(ids()))).rejects.toMatchObject({
        name: 'InvalidSignatureException',
      });
    },
  );

  testFromElsewhere(
    'a machine that signs with the chosen secret cannot change a signed request, nor send an old one',
    async () => {
      const signed = await signedRequest();

      const changed = await post({ ...signed, body: signed.body.replace('}', ' }') });
      const retargeted = await post({
        ...signed,
        headers: {
          ...signed.headers,
          'x-amz-target': 'AWSCognitoIdentityProviderService.DescribeUserPool',
        },
      });
      const old = await post({
        ...signed,
        headers: { ...signed.headers, 'x-amz-date': '20260101T000000Z' },
      });

      expect([await post(signed), changed, retargeted, old]).toEqual([200, 400, 400, 400]);
    },
  );

  /** A request as the SDK signed it. */
  async function signedRequest() {
    const sdk = new CognitoIdentityProviderClient(configOf(apiSecret));
    let taken: { headers: Record<string, string>; body: string } | undefined;
    sdk.middlewareStack.add(
      (next) => (step) => {
        const { headers, body } = step.request as {
          headers: Record<string, string>;
          body: Uint8Array;
        };
        taken = { headers, body: new TextDecoder().decode(body) };
        return next(step);
      },
      // After the signature.
      { step: 'finalizeRequest', priority: 'low' },
    );
    await sdk.send(new DescribeUserPoolClientCommand(ids()));
    if (taken === undefined) throw new Error('Nothing was sent.');
    return taken;
  }

  async function post({ headers, body }: Awaited<ReturnType<typeof signedRequest>>) {
    const { host: _host, 'content-length': _length, ...rest } = headers;
    const endpoint = configOf(apiSecret).endpoint;
    return (await fetch(`${endpoint}/`, { method: 'POST', headers: rest, body })).status;
  }
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
