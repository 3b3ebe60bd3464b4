import { readFile } from 'node:fs/promises';
import { afterEach, describe, expect, test } from '@jest/globals';
import { act, startServer, type TestServer } from '../../test/start-server.ts';
import { type CognitoBehaviour, DEFAULT_BEHAVIOUR } from '../model/behaviour.ts';

let server: TestServer | undefined;
afterEach(() => server?.close());

async function start(behaviour: Partial<CognitoBehaviour>): Promise<TestServer> {
  const started = await startServer({ behaviour, triggerTimeoutMs: 300 });
  server = started;
  return started;
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
    const { request } = await start({ triggerFailureBody: 'code', triggerFailureError });

    const { body } = await request(act('throw', 'No.'));

    expect(body['error']).toBe(triggerFailureError);
  },
);

test.each([400, 500] as const)('a refusing trigger may be answered with %i', async (status) => {
  const answer = await (await start({ triggerFailureStatus: status })).request(act('throw', 'No.'));

  expect(answer.status).toBe(status);
});

test.each([undefined, 'Too late.'])(
  'a trigger that is too late may be described as %p',
  async (text) => {
    const { request } = await start(text === undefined ? {} : { triggerTimeoutDescription: text });

    const { body } = await request(act('hang'));

    expect(body['error']).toBe(text ?? 'PreTokenGeneration invocation failed due to timeout.');
  },
);

test.each([
  ['empty', { scope: '' }],
  ['absent', {}],
] as const)('no scope at all may be %s in the token', async (scopeWhenNone, expected) => {
  const { request } = await start({ scopeWhenNone });

  const { claims } = await request(
    act('change', '{"scopesToSuppress":["orders/read","orders/write"]}'),
  );

  const named = Object.entries(claims).filter(([name]) => name === 'scope');
  expect(Object.fromEntries(named)).toEqual(expected);
});

test.each([
  ['requested', 'orders/write orders/read'],
  ['declared', 'orders/read orders/write'],
] as const)('scopes may come in the order in which they were %s', async (scopeOrder, scope) => {
  const { request } = await start({ scopeOrder });

  const { claims } = await request({ scope: 'orders/write orders/read' });

  expect(claims['scope']).toBe(scope);
});

test.each([
  [
    'error',
    {
      error: expect.stringMatching(
        /^PreTokenGeneration failed with error No\.\. \(Service: .*; Request ID: [\da-f-]{36}; Proxy: null\)$/,
      ),
    },
  ],
  [
    'description',
    { error: 'invalid_request', error_description: 'PreTokenGeneration failed with error No..' },
  ],
  ['code', { error: 'invalid_request' }],
] as const)(
  'the body for a refusing trigger may hold its message as %s',
  async (form, expected) => {
    const { request } = await start({ triggerFailureBody: form });

    const { body } = await request(act('throw', 'No.'));

    expect(body).toEqual(expected);
  },
);

test.each([
  ['accept', 200],
  ['ignore', 400],
] as const)('parameters in the query string may be: %s', async (queryParameters, expected) => {
  const { pools, writer } = await start({ queryParameters });
  const query = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: writer.clientId,
    client_secret: writer.clientSecret,
  });

  const response = await fetch(`${pools[0]?.tokenEndpoint}?${query}`, { method: 'POST' });

  expect(response.status).toBe(expected);
});

test('a parameter in the query string and in the body occurs twice', async () => {
  const { pools, writer } = await start({});
  const form = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: writer.clientId,
    client_secret: writer.clientSecret,
  });

  const response = await fetch(`${pools[0]?.tokenEndpoint}?grant_type=client_credentials`, {
    method: 'POST',
    body: form,
  });

  expect(await response.json()).toEqual({ error: 'invalid_request' });
});

test.each([
  [
    'invalid_client_secret',
    { error: 'invalid_client', error_description: 'invalid_client_secret' },
  ],
  ['', { error: 'invalid_client' }],
])('a wrong secret may be described as %j', async (invalidSecretDescription, expected) => {
  const { request } = await start({ invalidSecretDescription });

  const { body } = await request({ client_secret: 'wrong' });

  expect(body).toEqual(expected);
});

test.each([1, 2])('a trigger that hangs may be called %i times', async (triggerAttempts) => {
  const startedAt = Date.now();

  const { status } = await (await start({ triggerAttempts })).request(act('hang'));

  expect(status).toBe(400);
  expect(Date.now() - startedAt).toBeGreaterThanOrEqual(300 * triggerAttempts - 20);
});

describe('a Basic header', () => {
  test('a Basic header may have to be URL-encoded', async () => {
    const { writer, send } = await start({ allowsRawBasicCredentials: false });
    const encoded = `${writer.clientId}:%${writer.clientSecret.charCodeAt(0).toString(16)}${writer.clientSecret.slice(1)}`;

    const { status } = await send({
      method: 'POST',
      headers: { authorization: `Basic ${btoa(encoded)}` },
      body: new URLSearchParams({ grant_type: 'client_credentials' }),
    });

    expect(status).toBe(200);
  });

  test('a Basic header can be the only place of the client id', async () => {
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

describe('a parameter that occurs twice', () => {
  const twice = (id: string, secret: string) =>
    `grant_type=client_credentials&client_id=${id}&client_secret=${secret}&scope=orders%2Fread&scope=orders%2Fwrite`;

  test.each([
    ['refuse', undefined],
    ['first', 'orders/read'],
    ['last', 'orders/write'],
  ] as const)(
    'a parameter that occurs twice may count as its %s',
    async (repeatedParameters, scope) => {
      const { writer, send } = await start({ repeatedParameters });

      const { body, claims } = await send(aForm(twice(writer.clientId, writer.clientSecret)));

      expect(claims['scope']).toBe(scope);
      expect(body['error']).toBe(scope === undefined ? 'invalid_request' : undefined);
    },
  );
});

test.each([
  ['absent', 200],
  ['malformed', 400],
] as const)('an empty parameter may be %s', async (emptyParameters, expected) => {
  const { status } = await (await start({ emptyParameters })).request({ scope: '' });

  expect(status).toBe(expected);
});

test.each([
  ['refuse', 400],
  ['ignore', 200],
] as const)(
  'metadata that is malformed may be answered by: %s',
  async (malformedMetadata, expected) => {
    const { request } = await start({ malformedMetadata });

    const { status } = await request({ aws_client_metadata: '{' });

    expect(status).toBe(expected);
  },
);

test.each([
  ['first', 0],
  ['last', -1],
] as const)("the trigger's claims may come %s", async (customClaimsPosition, position) => {
  const { request } = await start({ customClaimsPosition });

  const { claims } = await request(act('change', '{"claimsToAddOrOverride":{"tier":"free"}}'));

  expect(Object.keys(claims).at(position)).toBe('tier');
});

describe('a trigger', () => {
  test.each([
    ['suppressed', 'orders/read orders/write'],
    ['added', 'orders/read orders/write b/x'],
  ] as const)(
    'a trigger may have a scope added and suppressed: %s',
    async (scopeAddedAndSuppressed, scope) => {
      const { request } = await start({ scopeAddedAndSuppressed });

      const { claims } = await request(
        act('change', '{"scopesToAdd":["b/x"],"scopesToSuppress":["b/x"]}'),
      );

      expect(claims['scope']).toBe(scope);
    },
  );

  test.each([
    ['fail', 400],
    ['ignore', 200],
  ] as const)(
    'a trigger may leave fields of the event out: %s',
    async (missingAnswerFields, expected) => {
      const { request } = await start({ missingAnswerFields });

      const { status } = await request(act('answer', '{"response":{}}'));

      expect(status).toBe(expected);
    },
  );
});

test('every setting is in the fidelity document', async () => {
  const document = await readFile(
    new URL('../../../../docs/cognito-fidelity.md', import.meta.url),
    'utf8',
  );

  const missing = Object.keys(DEFAULT_BEHAVIOUR).filter(
    (name) => !document.includes(`\`${name}\``),
  );

  expect(missing).toEqual([]);
});

function aForm(body: string): RequestInit {
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  return { method: 'POST', headers, body };
}
