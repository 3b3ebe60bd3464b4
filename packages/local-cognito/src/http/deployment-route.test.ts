import { request } from 'node:http';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { ownAddress, testFromElsewhere } from '../../test/from-elsewhere.ts';
import { startServer, type TestServer } from '../../test/start-server.ts';

const DEPLOYMENT_PATH = '/.local-cognito/deployment';

let server: TestServer;
beforeAll(async () => {
  server = await startServer({
    host: '0.0.0.0',
    ...(ownAddress !== undefined && { allowedHosts: [ownAddress] }),
  });
});
afterAll(() => server.close());

test('the deployment route tells a caller on this machine where everything is, secrets included', async () => {
  const response = await fetch(new URL(DEPLOYMENT_PATH, server.url));

  const { environment, url, tableName, dynamoDbEndpoint, region, pools } = server;
  expect(response.headers.get('cache-control')).toBe('no-store');
  expect(await response.json()).toEqual({
    environment,
    url,
    tableName,
    dynamoDbEndpoint,
    isReadOnly: false,
    region,
    pools,
  });
});

test('the deployment route refuses a web page on another host that resolves to this machine', async () => {
  const { port } = new URL(server.url);
  const headers = { host: `rebound.example:${port}` };

  const status = await new Promise((resolve, reject) => {
    request({ port, host: '127.0.0.1', path: DEPLOYMENT_PATH, headers }, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .on('error', reject)
      .end();
  });

  expect(status).toBe(403);
});

testFromElsewhere(
  'the deployment route is not there for callers that come from elsewhere',
  async () => {
    const { port } = new URL(server.url);

    const response = await fetch(`http://${ownAddress}:${port}${DEPLOYMENT_PATH}`);

    expect(response.status).toBe(404);
  },
);
