import { createServer } from 'node:http';
import { globalAgent } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type IssuerFault, startUserIssuer, type UserIssuer } from '../../test/user-issuer.ts';
import { createJsonFetcher } from './fetch-json.ts';

// The issuer and its reader share a processor, so that only an issuer that hangs may reach the time limit.
const fetchJson = createJsonFetcher({ allowLoopbackHttp: false, attemptTimeoutMs: 60_000 });
const fetchSoon = createJsonFetcher({ allowLoopbackHttp: false, attemptTimeoutMs: 200 });
let issuer: UserIssuer;
let other: UserIssuer;

beforeAll(async () => {
  issuer = await startUserIssuer();
  other = await startUserIssuer({ certificateHost: 'other.example' });
  globalAgent.options.ca = [issuer.certificate, other.certificate];
});

afterAll(async () => {
  delete globalAgent.options.ca;
  await Promise.all([issuer.close(), other.close()]);
});

const body = (text: string): IssuerFault => ({ kind: 'body', text });

/** A fault, the reason for the log, and how often the issuer is asked. */
const FAULTS: [string, IssuerFault, string, number][] = [
  ['refuses', { kind: 'refuse' }, 'ECONNREFUSED', 0],
  ['resets the connection', { kind: 'reset' }, 'ECONNRESET', 2],
  ['answers 500', { kind: 'status', status: 500 }, 'status 500', 2],
  ['answers 429', { kind: 'status', status: 429 }, 'status 429', 2],
  ['answers 404', { kind: 'status', status: 404 }, 'status 404', 1],
  ['redirects', { kind: 'status', status: 302, location: '/keys' }, 'status 302', 1],
  ['answers HTML', body('<html></html>'), 'not JSON', 1],
  ['answers 10 MB', body(`"${'x'.repeat(10_000_000)}"`), 'larger than 64 KB', 1],
  ['answers one byte more than 64 KB', body(`"${'x'.repeat(65_535)}"`), 'larger than 64 KB', 1],
];

describe('a document of an issuer', () => {
  test('a document of an issuer is read over HTTPS', async () => {
    await issuer.setFault(body(`"${'x'.repeat(65_534)}"`));

    await expect(fetchJson(issuer.issuer)).resolves.toHaveLength(65_534);
  });

  test.each(FAULTS)(
    'a document of an issuer is not read from an issuer that %s',
    async (_what, fault, message, attempts) => {
      await issuer.setFault(fault);
      issuer.requests.length = 0;

      await expect(fetchJson(issuer.issuer)).rejects.toMatchObject({ message });

      expect(issuer.requests).toHaveLength(attempts);
    },
  );

  test.each<[string, IssuerFault]>([
    ['hangs', { kind: 'hang' }],
    ['hangs in the middle of its answer', { kind: 'hang-in-body' }],
  ])(
    'a document of an issuer is not read from an issuer that %s: two attempts end in time',
    async (_what, fault) => {
      await issuer.setFault(fault);

      await expect(fetchSoon(issuer.issuer)).rejects.toMatchObject({ message: 'timeout' });
    },
  );

  test('a document of an issuer is not read if the certificate is for another host', async () => {
    await expect(fetchJson(other.issuer)).rejects.toMatchObject({
      message: 'ERR_TLS_CERT_ALTNAME_INVALID',
    });
  });

  test('a document of an issuer is not read if nobody trusted has signed the certificate', async () => {
    const stranger = await startUserIssuer();

    await expect(fetchJson(stranger.issuer)).rejects.toMatchObject({
      message: 'DEPTH_ZERO_SELF_SIGNED_CERT',
    });

    await stranger.close();
  });

  test('a document of an issuer is not read if the host name is gone', async () => {
    await expect(fetchJson('https://issuer.invalid/keys')).rejects.toMatchObject({
      message: expect.stringMatching(/^(ENOTFOUND|EAI_AGAIN)$/),
    });
  });

  test.each([
    ['is read', 200, { resolved: {} }],
    ['is not read', 404, { rejected: 'status 404' }],
  ])('%s if the first attempt fails and the second answers %i', async (_what, status, expected) => {
    let calls = 0;
    const server = createServer((_incoming, outgoing) => {
      calls += 1;
      if (calls === 1) outgoing.socket?.resetAndDestroy();
      else outgoing.writeHead(status).end('{}');
    });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    const { port } = server.address() as AddressInfo;
    const local = createJsonFetcher({ allowLoopbackHttp: true });

    const outcome = await local(`http://localhost:${port}`).then(
      (resolved) => ({ resolved }),
      (error: Error) => ({ rejected: error.message }),
    );

    expect(outcome).toEqual(expected);
    server.close();
  });

  test.each([
    ['over HTTP from this machine, unless that is allowed', fetchJson, 'http://localhost:1'],
    [
      'over HTTP from another machine',
      createJsonFetcher({ allowLoopbackHttp: true }),
      'http://issuer.example',
    ],
    ['from a file', createJsonFetcher({ allowLoopbackHttp: true }), 'file://localhost/keys'],
  ])('a document of an issuer is not read %s', async (_what, fetcher, address) => {
    await expect(fetcher(address)).rejects.toMatchObject({ message: 'not an HTTPS address' });
  });
});
