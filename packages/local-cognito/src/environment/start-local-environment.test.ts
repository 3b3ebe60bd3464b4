import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer as createHttpServer } from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { anEnvironment, startServer, type TestServer } from '../../test/start-server.ts';
import { startLocalEnvironment } from './start-local-environment.ts';

const PRODUCTION_BUNDLE = import.meta.resolve('@cognito-m2m/pre-token-generation/bundle');

describe('with the production bundle', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startServer({ triggerBundle: PRODUCTION_BUNDLE });
  });
  afterAll(() => server.close());

  test('the production bundle puts the declared claims of the client into its token', async () => {
    const { status, claims } = await server.request();

    expect(status).toBe(200);
    expect(claims).toMatchObject({
      'custom:organization_id': '12345',
      'custom:role': 'admin',
      tier: 'premium',
      environment: 'test',
    });
  });

  test('the production bundle answers with the token, its lifetime and its type, and nothing else', async () => {
    const { body, headers } = await server.request();

    expect(body).toEqual({
      access_token: expect.any(String),
      expires_in: 300,
      token_type: 'Bearer',
    });
    expect(headers.get('cache-control')).toContain('no-store');
  });

  test('the production bundle lists the documented claims first, in the documented order', async () => {
    const { claims } = await server.request();

    expect(Object.keys(claims).slice(0, 10)).toEqual([
      'sub',
      'token_use',
      'scope',
      'auth_time',
      'iss',
      'exp',
      'iat',
      'version',
      'jti',
      'client_id',
    ]);
  });

  test('the production bundle keeps what the request was and how it ended, newest first', async () => {
    await server.request({ client_secret: 'wrong' });

    expect(server.requests()[0]).toMatchObject({
      via: 'oauth2/token',
      status: 400,
      poolName: 'payments',
      error: 'invalid_client',
    });
    expect(JSON.stringify(server.requests())).not.toContain('eyJ');
  });
});

test('startLocalEnvironment gives a client the same id in every run, and another secret', async () => {
  const [first, second] = [await startServer(), await startServer()];
  await Promise.all([first.close(), second.close()]);

  expect(first.writer.clientId).toBe(second.writer.clientId);
  expect(first.writer.clientSecret).not.toBe(second.writer.clientSecret);
});

test('startLocalEnvironment names the port and the flag if the port is in use', async () => {
  const blocker = createServer();
  await new Promise<void>((listening) => blocker.listen(0, '127.0.0.1', listening));
  const { port } = blocker.address() as { port: number };

  await expect(startServer({ port })).rejects.toMatchObject({
    code: 'ERR_LOCAL_PORT_IN_USE',
    message: expect.stringMatching(new RegExp(`Port ${port} .*--port`)),
  });
  await new Promise((closed) => blocker.close(closed));
});

test.each([
  ['a syntax error', 'export const handler = {;', /SyntaxError: Unexpected token/],
  ['no handler', 'export const other = 1;', /exports no function named "handler"/],
  ['an end of its own', 'process.exit(1);', /ended its process/],
])('startLocalEnvironment refuses a bundle with %s', async (_, source, reason) => {
  const directory = await mkdtemp(join(tmpdir(), 'bundle-'));
  const bundle = join(directory, 'bundle.mjs');
  await writeFile(bundle, source);

  const starting = startLocalEnvironment({ environment: anEnvironment(), triggerBundle: bundle });

  await expect(starting).rejects.toMatchObject({
    code: 'ERR_LOCAL_BUNDLE_INVALID',
    message: expect.stringMatching(reason),
  });
  await expect(starting).rejects.toThrow(`The trigger bundle ${bundle} cannot be loaded: `);
  await rm(directory, { recursive: true });
});

test('startLocalEnvironment refuses a bundle that is not there', async () => {
  const start = startLocalEnvironment({
    environment: anEnvironment(),
    triggerBundle: '/nowhere/bundle.mjs',
  });

  await expect(start).rejects.toMatchObject({ code: 'ERR_LOCAL_BUNDLE_MISSING' });
});

test('a trigger behind the Lambda Invoke API is called instead of the bundle', async () => {
  const invoke = createHttpServer((request, response) => {
    let text = '';
    request.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
    });
    request.on('end', () => {
      const accessTokenGeneration = { claimsToAddOrOverride: { function: request.url } };
      const answer = { claimsAndScopeOverrideDetails: { accessTokenGeneration } };
      response.end(JSON.stringify({ ...JSON.parse(text), response: answer }));
    });
  });
  await new Promise<void>((listening) => invoke.listen(0, '127.0.0.1', listening));
  const { port } = invoke.address() as { port: number };
  const server = await startLocalEnvironment({
    environment: anEnvironment(),
    trigger: { endpoint: `http://127.0.0.1:${port}`, functionName: 'PreToken' },
  });
  const [pool] = server.pools;
  const [client] = pool?.clients ?? [];

  const response = await fetch(pool?.tokenEndpoint ?? '', {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: client?.clientId ?? '',
      client_secret: client?.clientSecret ?? '',
    }),
  });

  const { access_token } = (await response.json()) as { access_token: string };
  const [, payload = ''] = access_token.split('.');
  expect(JSON.parse(Buffer.from(payload, 'base64url').toString())).toMatchObject({
    function: '/2015-03-31/functions/PreToken/invocations',
  });
  await server.close();
  invoke.closeAllConnections();
  await new Promise((closed) => invoke.close(closed));
});

test('the embedded DynamoDB has the port that was chosen, and a second one says that it is in use', async () => {
  const first = await startServer({ triggerBundle: null });
  const dynamoDbPort = Number(new URL(first.dynamoDbEndpoint).port);
  const inUse = startServer({ triggerBundle: null, dynamoDbPort });

  await expect(inUse).rejects.toMatchObject({
    code: 'ERR_LOCAL_PORT_IN_USE',
    message: expect.stringContaining('--dynamodb-port'),
  });
  await first.close();
  const second = await startServer({ triggerBundle: null, dynamoDbPort });
  await second.close();
  expect(second.dynamoDbEndpoint).toBe(`http://127.0.0.1:${dynamoDbPort}`);
});
