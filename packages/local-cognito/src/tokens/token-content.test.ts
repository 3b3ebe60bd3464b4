import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startServer, type TestServer } from '../../test/start-server.ts';

/** Half a second past a full one: the token counts whole seconds. */
const NOW_MS = 1_800_000_000_500;
const NOW = 1_800_000_000;

let server: TestServer;
beforeAll(async () => {
  server = await startServer({ triggerBundle: null, clock: () => NOW_MS });
});
afterAll(() => server.close());

test.each([
  ['writer', 0, 'orders/read orders/write', 5 * 60],
  ['reader', 1, 'orders/read', 60 * 60],
])(
  'the token of the %s has the documented values and no others',
  async (_name, position, scope, lifetime) => {
    const [pool] = server.pools;
    const client = pool?.clients[position];

    const { body, claims } = await server.request({
      client_id: client?.clientId ?? '',
      client_secret: client?.clientSecret ?? '',
    });

    expect(body['expires_in']).toBe(lifetime);
    expect(claims).toStrictEqual({
      sub: client?.clientId,
      token_use: 'access',
      scope,
      auth_time: NOW,
      iss: pool?.issuer,
      exp: NOW + lifetime,
      iat: NOW,
      version: 2,
      jti: expect.stringMatching(
        /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/,
      ),
      client_id: client?.clientId,
    });
  },
);

test('every token has an id of its own', async () => {
  const answers = await Promise.all([server.request(), server.request()]);

  const ids = new Set(answers.map(({ claims }) => claims['jti']));
  expect(ids.size).toBe(2);
});
