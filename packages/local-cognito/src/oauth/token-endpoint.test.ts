import { request as sendRequest } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { act, startServer, type TestServer } from '../../test/start-server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startServer({ triggerTimeoutMs: 1000 });
});
afterAll(() => server.close());

describe('client authentication', () => {
  test.each([
    ['as it is', (text: string) => text],
    ['URL-encoded', encodeURIComponent],
  ])('client authentication takes credentials in the header, %s', async (_name, encode) => {
    const { clientId, clientSecret } = server.writer;

    const { status } = await server.send(basic(`${encode(clientId)}:${encode(clientSecret)}`));

    expect(status).toBe(200);
  });

  test('client authentication takes the same client_id in the body and the header', async () => {
    const { clientId, clientSecret } = server.writer;

    const { status } = await server.send(
      basic(`${clientId}:${clientSecret}`, { client_id: clientId }),
    );

    expect(status).toBe(200);
  });

  test.each([
    ['a wrong secret of a known client', { client_secret: 'wrong' }, 'invalid_client_secret'],
    ['no secret of a known client', { client_secret: '' }, 'invalid_client_secret'],
    ['an unknown client', { client_id: 'unknown' }, undefined],
    ['no id', { client_id: '' }, undefined],
  ])('client authentication refuses %s', async (_name, form, error_description) => {
    const { status, body } = await server.request(form);

    expect({ status, body }).toEqual({
      status: 400,
      body: { error: 'invalid_client', error_description },
    });
  });

  test('client authentication refuses a client of another pool', async () => {
    const [other] = server.pools[1]?.clients ?? [];

    const { body } = await server.request({
      client_id: other?.clientId ?? '',
      client_secret: other?.clientSecret ?? '',
    });

    expect(body).toEqual({ error: 'invalid_client' });
  });

  test.each([
    ['another scheme', 'Bearer abc', 'invalid_client'],
    ['no base64', 'Basic ???', 'invalid_client'],
    ['no colon', `Basic ${btoa('abc')}`, 'invalid_client'],
  ])(
    'client authentication refuses an Authorization header with %s',
    async (_name, authorization, error) => {
      const { status, body } = await server.send({
        method: 'POST',
        headers: { authorization },
        body: new URLSearchParams({ grant_type: 'client_credentials' }),
      });

      expect({ status, body }).toEqual({ status: 400, body: { error } });
    },
  );

  test('client authentication refuses a secret in both places', async () => {
    const { clientId, clientSecret } = server.writer;

    const { body } = await server.send(
      basic(`${clientId}:${clientSecret}`, { client_secret: clientSecret }),
    );

    expect(body).toEqual({ error: 'invalid_request' });
  });
});

describe('the request', () => {
  test.each([
    ['no grant type', { grant_type: '' }, 'invalid_request'],
    ['a refresh without a token', { grant_type: 'refresh_token' }, 'invalid_request'],
    [
      'another grant type of Cognito',
      { grant_type: 'refresh_token', refresh_token: 'abc' },
      'unauthorized_client',
    ],
    ['an unknown grant type', { grant_type: 'password' }, 'unsupported_grant_type'],
    ['a scope that the client may not have', { scope: 'orders/delete' }, 'invalid_scope'],
    ['metadata that is not JSON', { aws_client_metadata: '{' }, 'invalid_request'],
    ['metadata that is an array', { aws_client_metadata: '[]' }, 'invalid_request'],
    ['metadata that holds a number', { aws_client_metadata: '{"a":1}' }, 'invalid_request'],
  ])('the request is refused with %s', async (_name, form, error) => {
    const { status, body } = await server.request(form);

    expect({ status, body }).toEqual({ status: 400, body: { error } });
  });

  test('the request is refused with a parameter that occurs twice', async () => {
    const { clientId, clientSecret } = server.writer;
    const form = `grant_type=client_credentials&client_id=${clientId}&client_secret=${clientSecret}`;

    const { body } = await server.send({
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: `${form}&grant_type=client_credentials`,
    });

    expect(body).toEqual({ error: 'invalid_request' });
  });

  test.each(['application/json', 'text/plain', 'application/x-www-form-urlencoded2'])(
    'the request is refused with content type %s',
    async (type) => {
      const { status, body } = await server.send({
        method: 'POST',
        headers: { 'content-type': type },
        body: 'grant_type=client_credentials',
      });

      expect({ status, body }).toEqual({ status: 400, body: { error: 'invalid_request' } });
    },
  );

  test.each([
    [64 * 1024, 400],
    [64 * 1024 + 1, 413],
  ])('the request with a body of %i bytes is answered %i', async (bytes, expected) => {
    const { status, body } = await server.send({
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: 'x='.padEnd(bytes, 'x'),
    });

    expect({ status, body }).toEqual({ status: expected, body: { error: 'invalid_request' } });
  });

  test.each(['GET', 'PUT', 'DELETE', 'OPTIONS'])(
    'the request is refused with method %s',
    async (method) => {
      const { status, headers, body } = await server.send({ method });

      expect({ status, body }).toEqual({ status: 405, body: { error: 'invalid_request' } });
      expect(headers.get('allow')).toBe('POST');
    },
  );

  test('the request to an unknown pool is refused, and the known pools are named', async () => {
    const response = await fetch(`${server.url}/nowhere/oauth2/token`, { method: 'POST' });

    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({
      error: 'invalid_request',
      error_description: expect.stringContaining('payments, other'),
    });
  });

  test('the request may name the pool by its id', async () => {
    const [pool] = server.pools;
    const response = await fetch(`${server.url}/${pool?.userPoolId}/oauth2/token`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: server.writer.clientId,
        client_secret: server.writer.clientSecret,
      }),
    });

    expect(response.status).toBe(200);
  });
});

describe('the endpoint of all pools', () => {
  const ask = (target: string, headers: Record<string, string> = {}, form = {}) =>
    post(server.url, target, headers, {
      grant_type: 'client_credentials',
      client_id: server.writer.clientId,
      client_secret: server.writer.clientSecret,
      ...form,
    });

  test('the endpoint of all pools finds the pool by the client id', async () => {
    await expect(ask('/oauth2/token')).resolves.toMatchObject({ status: 200 });
  });

  test('the endpoint of all pools refuses a client that no pool has', async () => {
    const { status, text } = await ask('/oauth2/token', {}, { client_id: 'nobody' });

    expect({ status, body: JSON.parse(text) }).toEqual({
      status: 400,
      body: { error: 'invalid_client' },
    });
  });

  test.each([
    ['acme-test-payments', 200],
    ['acme-test-other', 400],
  ])(
    'the endpoint of all pools finds the pool by the host of its domain: %s',
    async (prefix, expected) => {
      const host = `${prefix}.auth.eu-central-1.amazoncognito.com`;

      await expect(ask('/oauth2/token', { host })).resolves.toMatchObject({ status: expected });
    },
  );

  test('the endpoint of all pools refuses the host of no pool', async () => {
    const host = 'another.auth.eu-central-1.amazoncognito.com';

    await expect(ask('/oauth2/token', { host })).resolves.toMatchObject({ status: 403 });
  });

  test.each([
    ['/payments/oauth2/token', 200],
    ['/oauth2/token?x=1', 200],
  ])('the endpoint of all pools takes a target in absolute form: %s', async (path, expected) => {
    const target = `http://localhost${path}`;

    await expect(ask(target, { host: 'ignored.example' })).resolves.toMatchObject({
      status: expected,
    });
  });

  test('the endpoint of all pools refuses a target in absolute form with a foreign host', async () => {
    const target = 'http://foreign.example/payments/oauth2/token';

    await expect(ask(target)).resolves.toMatchObject({ status: 403 });
  });
});

describe('scopes', () => {
  test.each([
    ['none', {}, 'orders/read orders/write'],
    ['an empty list', { scope: '' }, 'orders/read orders/write'],
    ['one', { scope: 'orders/write' }, 'orders/write'],
    [
      'two, one of them twice',
      { scope: 'orders/write orders/read orders/write' },
      'orders/write orders/read',
    ],
  ])('scopes with %s asked for are granted', async (_name, form, expected) => {
    const { claims } = await server.request(form);

    expect(claims['scope']).toBe(expected);
  });
});

describe('a trigger', () => {
  test('a trigger that throws is quoted in the error', async () => {
    const { status, body } = await server.request(act('throw', 'Not today. (ERR_TODAY)'));

    expect({ status, body }).toEqual({
      status: 400,
      body: {
        error: expect.stringMatching(
          /^PreTokenGeneration failed with error Not today\. \(ERR_TODAY\)\. \(Service: /,
        ),
      },
    });
  });

  test.each([
    ['null', 'null'],
    ['a string', '"text"'],
    ['an object without the event', '{}'],
    [
      'claims that are a list',
      '{"version":"3","triggerSource":"","region":"","userPoolId":"","callerContext":{},"response":{"claimsAndScopeOverrideDetails":{"accessTokenGeneration":{"claimsToAddOrOverride":[]}}}}',
    ],
  ])('a trigger that answers %s is unrecognizable', async (_name, answer) => {
    const { status, body } = await server.request(act('answer', answer));

    expect({ status, body }).toEqual({
      status: 400,
      body: { error: 'Unrecognizable lambda output' },
    });
  });

  test.each(['hang', 'loop'])(
    'a trigger that %ss is given up, and the next request works',
    async (name) => {
      const { status, body } = await server.request(act(name));

      expect(status).toBe(400);
      expect(body['error']).toContain('timeout');
      await expect(server.request()).resolves.toMatchObject({ status: 200 });
    },
  );

  test('a trigger that ends its process fails the request, and the next one works', async () => {
    const { status } = await server.request(act('exit'));

    expect(status).toBe(400);
    await expect(server.request()).resolves.toMatchObject({ status: 200 });
  });

  test('a trigger receives the documented event', async () => {
    const { claims } = await server.request({ ...act('echo'), scope: 'orders/read' });

    expect(claims['event']).toEqual({
      version: '3',
      triggerSource: 'TokenGeneration_ClientCredentials',
      region: 'eu-central-1',
      userPoolId: 'eu-central-1_Local0001',
      userName: 'ClientCredentials',
      callerContext: {
        awsSdkVersion: 'aws-sdk-unknown-unknown',
        clientId: server.writer.clientId,
      },
      request: {
        userAttributes: {},
        groupConfiguration: null,
        scopes: ['orders/read'],
        clientMetadata: { echo: '' },
      },
      response: { claimsAndScopeOverrideDetails: null },
    });
  });

  test('a trigger sees the variables of its own function and nothing of this process', async () => {
    const { claims } = await server.request(act('environment'));

    expect(claims['names']).toContain('CLAIMS_TABLE_NAME');
    expect(claims['names']).not.toContain('HOME');
  });
});

function basic(credentials: string, form: Record<string, string> = {}): RequestInit {
  return {
    method: 'POST',
    headers: { authorization: `Basic ${btoa(credentials)}` },
    body: new URLSearchParams({ grant_type: 'client_credentials', ...form }),
  };
}

/** Sends a form with any target and any Host header. */
function post(
  url: string,
  path: string,
  headers: Record<string, string>,
  form: Record<string, string>,
): Promise<{ status: number | undefined; text: string }> {
  const { hostname, port } = new URL(url);
  const type = { 'content-type': 'application/x-www-form-urlencoded' };
  return new Promise((resolve, reject) => {
    const options = { hostname, port, path, method: 'POST', headers: { ...type, ...headers } };
    sendRequest(options, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('end', () => resolve({ status: response.statusCode, text }));
    })
      .on('error', reject)
      .end(new URLSearchParams(form).toString());
  });
}
