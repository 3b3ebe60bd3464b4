import { afterEach, describe, expect, test } from '@jest/globals';
import { startServer, type TestServer } from '../../test/start-server.ts';
import type { CognitoBehaviour } from '../model/behaviour.ts';

let server: TestServer | undefined;
afterEach(() => server?.close());

describe('GetClientToken', () => {
  test('GetClientToken may send another trigger source', async () => {
    const answer = await getClientToken(
      { clientTokenTriggerSource: 'TokenGeneration_Other' },
      { echo: '' },
    );

    const { AccessToken } = answer['ClientAuthenticationResult'] as { AccessToken: string };
    const [, payload = ''] = AccessToken.split('.');
    expect(JSON.parse(Buffer.from(payload, 'base64url').toString())).toMatchObject({
      event: { triggerSource: 'TokenGeneration_Other' },
    });
  });

  test.each([
    ['triggerRefusedException', { throw: 'No.' }, 'NotAuthorizedException'],
    ['triggerMalformedException', { answer: '1' }, 'InvalidParameterException'],
    ['triggerTimeoutException', { hang: '' }, 'InternalErrorException'],
  ] as const)(
    'GetClientToken may name a failure of the trigger otherwise: %s',
    async (setting, metadata, name) => {
      const answer = await getClientToken({ [setting]: name }, metadata);

      expect(answer['__type']).toBe(name);
    },
  );

  test('GetClientToken may name a client without the flow otherwise', async () => {
    const clientTokenAuthException = 'OperationNotEnabledException';

    const answer = await getClientToken({ clientTokenAuthException }, {}, false);

    expect(answer['__type']).toBe(clientTokenAuthException);
  });
});

describe('a refusal of GetClientToken', () => {
  test.each([
    ['unknownClientException', { ClientId: 'nobody' }, 'ResourceNotFoundException'],
    ['forbiddenScopeException', { Scopes: ['a/b'] }, 'InvalidParameterException'],
  ] as const)('a refusal of GetClientToken is named by %s', async (setting, input, standard) => {
    const { call, writer } = await startApi({});
    const right = { ClientId: writer.clientId, Secret: writer.clientSecret };
    const before = await call('GetClientToken', { ...right, ...input });
    await server?.close();
    const other = await startApi({ [setting]: 'OperationNotEnabledException' });
    const again = { ...right, Secret: other.writer.clientSecret };
    const after = await other.call('GetClientToken', { ...again, ...input });

    expect([before['__type'], after['__type']]).toEqual([standard, 'OperationNotEnabledException']);
  });
});

describe("a client's secrets", () => {
  test("a client's secrets may keep the last one by another exception", async () => {
    const { ids, call } = await startApi({ lastSecretException: 'LimitExceededException' });
    const { ClientSecrets } = await call('ListUserPoolClientSecrets', ids);
    const [{ ClientSecretId }] = ClientSecrets as [{ ClientSecretId: string }];

    const answer = await call('DeleteUserPoolClientSecret', { ...ids, ClientSecretId });

    expect(answer['__type']).toBe('LimitExceededException');
  });

  test.each(['oldest', 'newest'] as const)(
    "a client's secrets may be described by the %s",
    async (describedSecret) => {
      const { ids, call, writer } = await startApi({ describedSecret });
      const ClientSecret = 'a_second_secret_of_the_writer';
      await call('AddUserPoolClientSecret', { ...ids, ClientSecret });

      const { UserPoolClient } = await call('DescribeUserPoolClient', ids);

      const expected = describedSecret === 'oldest' ? writer.clientSecret : ClientSecret;
      expect(UserPoolClient).toMatchObject({ ClientSecret: expected });
    },
  );
});

/** A server with its API at hand, and the writer's ids. */
async function startApi(behaviour: Partial<CognitoBehaviour>, allowsClientTokenAuth = true) {
  const started = await startServer({ behaviour, allowsClientTokenAuth, triggerTimeoutMs: 300 });
  server = started;
  const { url, writer, pools } = started;
  const call = async (operation: string, input: object): Promise<Record<string, unknown>> => {
    const headers = {
      'x-amz-target': `AWSCognitoIdentityProviderService.${operation}`,
      authorization: 'AWS4-HMAC-SHA256 local',
    };
    const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(input) });
    return (await response.json()) as Record<string, unknown>;
  };
  const ids = { UserPoolId: pools[0]?.userPoolId ?? '', ClientId: writer.clientId };
  return { ids, call, writer };
}

async function getClientToken(
  behaviour: Partial<CognitoBehaviour>,
  ClientMetadata: object,
  allowsClientTokenAuth = true,
) {
  const { call, writer } = await startApi(behaviour, allowsClientTokenAuth);
  const { clientId: ClientId, clientSecret: Secret } = writer;
  return call('GetClientToken', { ClientId, Secret, ClientMetadata });
}
