import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { requestToken, requestTokenOfNewDomain } from './request-token.ts';

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

describe('a domain that DNS does not know', () => {
  const credentials = { clientId: 'client', clientSecret: 'secret' };
  const request = { scopes: [], metadata: undefined };
  const realFetch = globalThis.fetch;
  afterEach(() => {
    globalThis.fetch = realFetch;
  });

  /** The network of a machine whose resolver knows the domain after some look-ups. */
  function resolveAfter(lookUps: number) {
    let count = 0;
    globalThis.fetch = async (input, init) => {
      count += 1;
      if (count > lookUps) return realFetch(input, init);
      const cause = Object.assign(new Error('getaddrinfo'), { code: 'ENOTFOUND' });
      throw new TypeError('fetch failed', { cause });
    };
  }

  async function run() {
    const waits: number[] = [];
    const notes: string[] = [];
    const answer = requestTokenOfNewDomain(url, credentials, request, {
      wait: async (milliseconds) => {
        waits.push(milliseconds);
      },
      note: (text) => notes.push(text),
    });
    return { answer: await answer.catch((error: unknown) => error), waits, notes };
  }

  test.each([0, 1, 3])(
    'm2m token waits for it %i times, and says so each time',
    async (lookUps) => {
      answers.splice(0, answers.length, { status: 200, body: '{"access_token":"t"}' });
      resolveAfter(lookUps);

      const { answer, waits, notes } = await run();

      expect(answer).toEqual({ isIssued: true, accessToken: 't' });
      expect(waits).toEqual(Array.from({ length: lookUps }, () => 20_000));
      expect(notes).toHaveLength(lookUps);
      for (const note of notes) expect(note).toMatch(/^DNS does not know 127\.0\.0\.1 yet\./);
    },
  );

  test('m2m token gives up after 2 minutes, and says why', async () => {
    resolveAfter(Number.POSITIVE_INFINITY);

    const { answer, waits } = await run();

    expect(answer).toMatchObject({ code: 'ERR_TOKEN_REQUEST_FAILED' });
    expect(String(answer)).toContain('DNS does not know its host');
    expect(waits).toHaveLength(6);
  });
});
