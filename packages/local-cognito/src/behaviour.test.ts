import { afterEach, describe, expect, test } from '@jest/globals';
import { act, startServer, type TestServer } from '../test/start-server.ts';
import type { CognitoBehaviour } from './behaviour.ts';

let server: TestServer;
afterEach(() => server.close());

async function start(behaviour: Partial<CognitoBehaviour>): Promise<TestServer> {
  server = await startServer({ behaviour, triggerTimeoutMs: 300 });
  return server;
}

test.each([
  ['null', null],
  ['empty', {}],
  ['absent', undefined],
] as const)('absent metadata may reach the trigger as %s', async (metadataWhenAbsent, expected) => {
  const { claims } = await (await start({ metadataWhenAbsent })).request();

  const event = claims['event'] as { request: Record<string, unknown> };
  expect(event.request['clientMetadata']).toEqual(expected);
});

test.each(['invalid_request', 'invalid_grant', 'server_error'] as const)(
  'a refusing trigger may be answered by %s',
  async (triggerFailureError) => {
    const { body } = await (await start({ triggerFailureError })).request(act('throw', 'No.'));

    expect(body['error']).toBe(triggerFailureError);
  },
);

test('a refusing trigger may stay unquoted', async () => {
  const { body } = await (await start({ hasTriggerFailureDescription: false })).request(
    act('throw', 'No.'),
  );

  expect(body).toEqual({ error: 'invalid_request' });
});

test.each([1, 2])('a trigger that hangs may be called %i times', async (triggerAttempts) => {
  const startedAt = Date.now();

  const { status } = await (await start({ triggerAttempts })).request(act('hang'));

  expect(status).toBe(400);
  expect(Date.now() - startedAt).toBeGreaterThanOrEqual(300 * triggerAttempts - 20);
});

describe('a Basic header', () => {
  test('may have to be URL-encoded', async () => {
    const { writer, send } = await start({ allowsRawBasicCredentials: false });
    const encoded = `${writer.clientId}:%${writer.clientSecret.charCodeAt(0).toString(16)}${writer.clientSecret.slice(1)}`;

    const { status } = await send({
      method: 'POST',
      headers: { authorization: `Basic ${btoa(encoded)}` },
      body: new URLSearchParams({ grant_type: 'client_credentials' }),
    });

    expect(status).toBe(200);
  });

  test('may have to be alone', async () => {
    const { writer, send } = await start({ allowsRepeatedClientId: false });
    const { clientId, clientSecret } = writer;

    const { body } = await send({
      method: 'POST',
      headers: { authorization: `Basic ${btoa(`${clientId}:${clientSecret}`)}` },
      body: new URLSearchParams({ grant_type: 'client_credentials', client_id: clientId }),
    });

    expect(body).toEqual({ error: 'invalid_request' });
  });
});

test('GetClientToken may send another trigger source', async () => {
  const { url, writer } = await start({ clientTokenTriggerSource: 'TokenGeneration_Other' });

  const response = await fetch(url, {
    method: 'POST',
    headers: { 'x-amz-target': 'AWSCognitoIdentityProviderService.GetClientToken' },
    body: JSON.stringify({
      ClientId: writer.clientId,
      Secret: writer.clientSecret,
      ClientMetadata: { echo: '' },
    }),
  });

  const { ClientAuthenticationResult: result } = (await response.json()) as {
    ClientAuthenticationResult: { AccessToken: string };
  };
  const [, payload = ''] = result.AccessToken.split('.');
  expect(JSON.parse(Buffer.from(payload, 'base64url').toString())).toMatchObject({
    event: { triggerSource: 'TokenGeneration_Other' },
  });
});
