import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { aTokenClient, type TokenClientWorld } from '../test/a-token-client.ts';
import { type ApiServer, redirectTo, startApiServer } from '../test/api-server.ts';

let world: TokenClientWorld;
let api: ApiServer;
let other: ApiServer;

beforeEach(async () => {
  [api, other] = await Promise.all([startApiServer(), startApiServer()]);
  world = aTokenClient({
    async fetch(input, init) {
      // The client's fetch serves the token endpoint and the APIs.
      const url = input instanceof Request ? input.url : String(input);
      return url === world.issuer.url ? world.issuer.fetch(input, init) : fetch(input, init);
    },
  });
});
afterEach(() => Promise.all([api.close(), other.close()]));

const authorizations = ({ requests }: ApiServer) =>
  requests.map(({ headers }) => headers.authorization);

function createCall(origins = [api.origin]) {
  return world.tokens.createFetch({ origins, scopes: ['orders/read'] });
}

async function bearer(): Promise<string> {
  const { accessToken } = await world.tokens.get({ scopes: ['orders/read'] });
  return `Bearer ${accessToken}`;
}

describe('a fetch with tokens', () => {
  test('a fetch with tokens sends the token to a named origin, with whatever the caller sends', async () => {
    const call = createCall();

    const body = JSON.stringify({ euros: 5 });
    const headers = { 'content-type': 'application/json', authorization: 'of the caller' };
    const response = await call(`${api.origin}/orders`, { method: 'POST', body, headers });

    expect(await response.text()).toBe('/orders');
    expect(api.requests).toEqual([
      expect.objectContaining({
        method: 'POST',
        body,
        headers: expect.objectContaining({
          'content-type': 'application/json',
          authorization: await bearer(),
        }),
      }),
    ]);
  });

  test('a fetch with tokens takes a Request and a URL as fetch does', async () => {
    const call = createCall();

    await call(new URL(`${api.origin}/a`));
    await call(new Request(`${api.origin}/b`, { method: 'PUT', body: 'x' }));

    expect(authorizations(api)).toEqual([await bearer(), await bearer()]);
    expect(api.requests[1]).toMatchObject({ method: 'PUT', body: 'x' });
  });

  test.each([
    ['another port', () => other.origin],
    ['another name', () => api.origin.replace('127.0.0.1', 'localhost')],
  ])('a fetch with tokens sends no token to another origin: %s', async (_, origin) => {
    other.answer = api.answer;

    await createCall()(`${origin()}/orders`);

    expect([...authorizations(api), ...authorizations(other)]).toEqual([undefined]);
    expect(world.issuer.requests).toEqual([]);
  });

  test('a fetch with tokens ends with the signal of the caller', async () => {
    api.answer = () => undefined;
    const controller = new AbortController();

    const call = createCall()(api.origin, { signal: controller.signal });
    setTimeout(() => controller.abort(), 20);

    await expect(call).rejects.toThrow('aborted');
  });

  test.each([
    ['none', []],
    ['a path', ['https://api.example.com/orders']],
    ['a name without a scheme', ['api.example.com']],
    ['another scheme', ['ftp://api.example.com']],
    ['a pattern', ['*']],
  ])('a fetch with tokens refuses origins that are %s', (_, origins) => {
    expect(() => createCall(origins)).toThrow(
      expect.objectContaining({ code: 'ERR_TOKEN_CLIENT_OPTIONS' }),
    );
  });
});

describe('a redirect', () => {
  test('a redirect to a path of the same origin keeps the token', async () => {
    api.answer = ({ path }, response) =>
      path === '/moved'
        ? response.end('here')
        : redirectTo('/moved')(api.requests[0] as never, response);

    const response = await createCall()(`${api.origin}/orders`);

    expect(await response.text()).toBe('here');
    expect(authorizations(api)).toEqual([await bearer(), await bearer()]);
  });

  test('a redirect to an origin that is not named loses the token', async () => {
    api.answer = redirectTo(`${other.origin}/trap`);

    await createCall()(`${api.origin}/orders`);

    expect(authorizations(api)).toEqual([await bearer()]);
    expect(authorizations(other)).toEqual([undefined]);
  });

  test('a redirect to another named origin gets the token there', async () => {
    api.answer = redirectTo(`${other.origin}/orders`);

    await createCall([api.origin, other.origin])(`${api.origin}/orders`);

    expect(authorizations(other)).toEqual([await bearer()]);
  });

  test('a redirect from an origin that is not named takes the header of the caller nowhere', async () => {
    other.answer = redirectTo(`${api.origin.replace('127.0.0.1', 'localhost')}/x`);

    await createCall()(other.origin, { headers: { authorization: 'of the caller' } });

    expect(authorizations(other)).toEqual(['of the caller']);
    expect(authorizations(api)).toEqual([undefined]);
  });

  test.each([
    [302, 'POST', 'GET', ''],
    [303, 'PUT', 'GET', ''],
    [307, 'POST', 'POST', 'data'],
    [308, 'PUT', 'PUT', 'data'],
    [301, 'PUT', 'PUT', 'data'],
  ])('%i of a %s goes on as a %s', async (status, method, next, body) => {
    api.answer = ({ path }, response) =>
      path === '/to'
        ? response.end()
        : redirectTo('/to', status)(api.requests[0] as never, response);

    await createCall()(`${api.origin}/from`, { method, body: 'data' });

    expect(api.requests[1]).toMatchObject({ method: next, body });
  });

  test('a redirect is returned or refused if the caller says so', async () => {
    api.answer = redirectTo(`${other.origin}/trap`);
    const call = createCall();

    expect(await call(api.origin, { redirect: 'manual' })).toHaveProperty('status', 302);
    await expect(call(api.origin, { redirect: 'error' })).rejects.toThrow('redirect');
    expect(other.requests).toEqual([]);
  });

  test('a redirect in a circle ends', async () => {
    api.answer = redirectTo('/again');

    await expect(createCall()(api.origin)).rejects.toThrow('too many redirects');
  });
});

describe('an API that answers 401', () => {
  const refuse =
    (accepted: () => string): ApiServer['answer'] =>
    ({ headers }, response) => {
      response.statusCode = headers.authorization === accepted() ? 200 : 401;
      response.end('answer');
    };

  test('an API that answers 401 is asked once more with a new token, and the body again', async () => {
    const old = await bearer();
    api.answer = ({ headers }, response) => {
      response.statusCode = headers.authorization === old ? 401 : 200;
      response.end();
    };

    const response = await createCall()(api.origin, { method: 'POST', body: 'data' });

    expect(response.status).toBe(200);
    expect(api.requests.map(({ body }) => body)).toEqual(['data', 'data']);
    expect(world.issuer.issued()).toBe(2);
  });

  test('an API that answers 401 brings one new token for 64 callers', async () => {
    const old = await bearer();
    api.answer = ({ headers }, response) => {
      response.statusCode = headers.authorization === old ? 401 : 200;
      response.end();
    };
    const call = createCall();

    const all = await Promise.all(Array.from({ length: 64 }, () => call(api.origin)));

    expect(new Set(all.map(({ status }) => status))).toEqual(new Set([200]));
    expect(world.issuer.issued()).toBe(2);
  });

  test('an API that answers 401 to every token costs one new token a minute at most', async () => {
    api.answer = refuse(() => 'none');
    const call = createCall();

    for (let request = 0; request < 20; request++) {
      const response = await call(api.origin);
      expect({ status: response.status, body: await response.text() }).toEqual({
        status: 401,
        body: 'answer',
      });
    }
    expect(world.issuer.issued()).toBe(2);
    await world.time.advance(60_001);
    await call(api.origin);

    expect(world.issuer.issued()).toBe(3);
  });

  test('an API that answers 401 is the answer if no newer token can be had', async () => {
    await bearer();
    world.issuer.faults = () => ({ status: 400, body: { error: 'invalid_scope' } });
    api.answer = refuse(() => 'none');

    const response = await createCall()(api.origin);

    expect(response.status).toBe(401);
  });
});
