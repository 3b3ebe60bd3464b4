import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { requestToken } from './request-token.ts';

const answers: { status: number; body: string }[] = [];
let server: Server;
let url: string;
beforeAll(async () => {
  server = createServer((_request, response) => {
    const { status, body } = answers.shift() ?? { status: 500, body: '' };
    response.writeHead(status).end(body);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => new Promise((closed) => server.close(closed)));

function ask(status: number, body: string, endpoint = url) {
  answers.push({ status, body });
  const credentials = { clientId: 'client', clientSecret: 'secret' };
  return requestToken(endpoint, credentials, { scopes: [], metadata: undefined });
}

const WRAPPED =
  'PreTokenGeneration failed with error This client is disabled. (ERR_CLIENT_DISABLED).';

test.each([
  [
    "the trigger's code",
    { error: 'invalid_request', error_description: WRAPPED },
    'ERR_CLIENT_DISABLED',
  ],
  ["the trigger's code, as real pools answer", { error: WRAPPED }, 'ERR_CLIENT_DISABLED'],
  [
    "the trigger's sentence without its code",
    { error: 'invalid_request', error_description: 'error This client is disabled.' },
    'ERR_CLIENT_DISABLED',
  ],
  ['the OAuth error', { error: 'invalid_client' }, 'invalid_client'],
])('a refusal has %s', async (_case, body, code) => {
  expect(await ask(400, JSON.stringify(body))).toEqual({ isIssued: false, code });
});

test.each([
  [502, '<html>'],
  [200, '{}'],
  [200, 'null'],
])('HTTP %i with %s is an error', async (status, body) => {
  await expect(ask(status, body)).rejects.toMatchObject({ code: 'ERR_TOKEN_REQUEST_FAILED' });
});

test('an endpoint that cannot be reached is an error', async () => {
  const run = ask(200, '{}', 'http://127.0.0.1:1');

  await expect(run).rejects.toMatchObject({
    code: 'ERR_TOKEN_REQUEST_FAILED',
    message: 'Cannot connect to http://127.0.0.1:1: bad port.',
  });
});

test('an endpoint that does not speak TLS is an error that says so', async () => {
  const run = ask(200, '{}', url.replace('http:', 'https:'));

  await expect(run).rejects.toMatchObject({
    code: 'ERR_TOKEN_REQUEST_FAILED',
    message: expect.stringContaining('the server does not respond with TLS'),
    next: expect.stringContaining('http:// or https://'),
  });
});
