import { request } from 'node:http';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startServer, type TestServer } from '../../test/start-server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.close());

describe('a request from a web page elsewhere', () => {
  test.each([
    ['a foreign host', { host: 'evil.example' }],
    ['a foreign host with the right port', { host: 'evil.example:8787' }],
    ['a host that begins like this one', { host: '127.0.0.1.evil.example' }],
    ['a foreign origin', { origin: 'https://evil.example' }],
    ['an origin of another port', { origin: 'http://127.0.0.1:1' }],
    ['an opaque origin', { origin: 'null' }],
    ['a cross-site mark', { 'sec-fetch-site': 'cross-site' }],
  ])('a request from a web page elsewhere is refused: %s', async (_name, headers) => {
    await expect(get('/payments/.well-known/jwks.json', headers)).resolves.toBe(403);
  });

  test.each([
    ['no origin', {}],
    ['its own origin', { origin: 'own' }],
    ['localhost', { host: 'localhost:1234' }],
    ['an address bar', { 'sec-fetch-site': 'none' }],
  ])('a request from a web page elsewhere is not one with %s', async (_name, headers) => {
    const own = Object.entries(headers).map(([key, value]) => [
      key,
      value === 'own' ? server.url : value,
    ]);

    await expect(get('/payments/.well-known/jwks.json', Object.fromEntries(own))).resolves.toBe(
      200,
    );
  });

  test('a request from a web page elsewhere never gets a permission by CORS', async () => {
    const response = await fetch(`${server.url}/payments/oauth2/token`, {
      method: 'OPTIONS',
      headers: { 'access-control-request-method': 'POST' },
    });

    expect(response.headers.get('access-control-allow-origin')).toBeNull();
  });

  test('a request from a web page elsewhere cannot reach the table', async () => {
    const response = await fetch(server.dynamoDbEndpoint, {
      method: 'POST',
      headers: { origin: 'https://evil.example' },
    });

    expect(response.status).toBe(403);
  });

  test('a request from a web page elsewhere cannot reach the table by a name of its own', async () => {
    const status = await get('/', { host: 'evil.example' }, server.dynamoDbEndpoint);

    expect(status).toBe(403);
  });
});

describe('discovery', () => {
  test('discovery leads from the issuer to two keys', async () => {
    const [pool] = server.pools;
    const document = await getJson(`${pool?.issuer}/.well-known/openid-configuration`);
    const { keys } = await getJson(String(document['jwks_uri']));

    expect(document).toMatchObject({ issuer: pool?.issuer });
    expect(keys).toHaveLength(2);
    expect(keys).toEqual([
      expect.objectContaining({ alg: 'RS256', kty: 'RSA', use: 'sig', e: 'AQAB' }),
      expect.objectContaining({ alg: 'RS256', kty: 'RSA', use: 'sig', e: 'AQAB' }),
    ]);
  });

  test('discovery of an unknown pool is not found', async () => {
    const response = await fetch(`${server.url}/nowhere/.well-known/jwks.json`);

    expect(response.status).toBe(404);
    expect(await response.json()).toEqual({ error: 'invalid_request' });
  });

  test.each([
    ['aws', 'https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_Local0001'],
    ['aws-updated', 'https://issuer-cognito-idp.eu-central-1.amazonaws.com/eu-central-1_Local0001'],
  ] as const)(
    'discovery says the issuer of a real pool with format %s',
    async (issuerFormat, issuer) => {
      const other = await startServer({ behaviour: { issuerFormat } });
      const { claims } = await other.request();
      await other.close();

      expect(other.pools[0]?.issuer).toBe(issuer);
      expect(claims['iss']).toBe(issuer);
    },
  );
});

test.each([
  ['no HTTP at all', 'hello\r\n\r\n'],
  ['a target that cannot be decoded', 'GET /%zz/oauth2/token HTTP/1.1\r\nHost: localhost\r\n\r\n'],
  [
    'two lengths',
    'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n',
  ],
])('%s is a bad request', async (_name, text) => {
  const answer = await sendRaw(text);

  expect(answer).toMatch(/^HTTP\/1\.1 400 /);
  expect(answer).toContain('{"error":"invalid_request"}');
});

test.each([
  [
    'an expectation that is not known',
    'GET /nowhere HTTP/1.1\r\nHost: localhost\r\nExpect: nonsense\r\n',
    404,
  ],
  ['no host', 'GET /nowhere HTTP/1.1\r\n', 400],
  ['the method of a proxy', 'CONNECT localhost:80 HTTP/1.1\r\nHost: localhost\r\n', 405],
])('a request with %s gets an OAuth error', async (_name, head, status) => {
  const answer = await sendRaw(`${head}Connection: close\r\n\r\n`);

  expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
  expect(answer).toContain('{"error":"invalid_request"}');
});

test('a connection that asked for a proxy does not keep the server from closing', async () => {
  const other = await startServer({ triggerBundle: null });
  await sendRaw('CONNECT localhost:80 HTTP/1.1\r\nHost: localhost\r\n\r\n', other.url);

  await expect(other.close()).resolves.toBeUndefined();
});

/** A request whose `Host` can be chosen, which fetch does not allow. */
function get(
  path: string,
  headers: Record<string, string>,
  url = server.url,
): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    request(`${url}${path}`, { headers }, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .on('error', reject)
      .end();
  });
}

async function getJson(url: string): Promise<Record<string, unknown>> {
  const response = await fetch(url);
  return (await response.json()) as Record<string, unknown>;
}

function sendRaw(text: string, url = server.url): Promise<string> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname, () => socket.end(text));
    let answer = '';
    socket.setEncoding('utf8').on('data', (chunk: string) => {
      answer += chunk;
    });
    socket.on('close', () => resolve(answer)).on('error', reject);
  });
}
