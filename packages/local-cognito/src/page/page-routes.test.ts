import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startServer, type TestServer } from '../../test/start-server.ts';

let server: TestServer;
let clientUrl: string;

beforeAll(async () => {
  server = await startServer();
  clientUrl = `${server.url}/clients/${server.writer.clientId}`;
});
afterAll(() => server.close());

interface Answer {
  readonly status: number;
  readonly text: string;
}

// fetch does not let one choose the Host header.
function send(
  url: string,
  options: { method?: string; headers?: Record<string, string> },
): Promise<Answer> {
  const form = { 'content-type': 'application/x-www-form-urlencoded', ...options.headers };
  return new Promise((resolve, reject) => {
    const call = request(url, { ...options, headers: form }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk) => {
        text += chunk;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
    });
    call.on('error', reject).end(options.method === 'POST' ? 'scope=orders%2Fread' : undefined);
  });
}

describe('refuses what another web page sends, and gives nothing away', () => {
  test.each([
    ['a foreign Host', 'GET', { host: 'evil.example' }],
    ['a foreign Host with the right port', 'POST', { host: 'evil.example:8787' }],
    ['a foreign Origin', 'GET', { origin: 'https://evil.example' }],
    ['a form of a foreign Origin', 'POST', { origin: 'https://evil.example' }],
    ['a form of another port of this machine', 'POST', { origin: 'http://127.0.0.1:1' }],
    ['a form of a sandboxed frame', 'POST', { origin: 'null' }],
    ['a form without an Origin', 'POST', {}],
    ['a cross-site form', 'POST', { 'sec-fetch-site': 'cross-site' }],
    ['a request of another site', 'GET', { 'sec-fetch-site': 'cross-site' }],
  ])('%s', async (_what, method, headers) => {
    const before = server.requests().length;

    for (const url of [clientUrl, `${server.url}/`, `${server.url}/requests`]) {
      if (method === 'POST' && url !== clientUrl) continue;
      const { status, text } = await send(url, { method, headers });

      expect(status).toBe(403);
      expect(text).not.toMatch(/eyJ|writer|payments|orders/);
    }
    expect(server.requests()).toHaveLength(before);
  });
});

test('the inspector issues a token for its own form', async () => {
  const { status, text } = await send(clientUrl, {
    method: 'POST',
    headers: { origin: server.url, 'sec-fetch-site': 'same-origin' },
  });

  expect(status).toBe(200);
  expect(text).toContain('eyJ');
  expect(text).not.toContain(server.writer.clientSecret);
  expect(server.requests()[0]).toMatchObject({ status: 200, scopes: ['orders/read'] });
});

test('the inspector issues nothing on GET', async () => {
  const before = server.requests().length;
  await fetch(`${clientUrl}?scope=orders%2Fread`);

  expect(server.requests()).toHaveLength(before);
});

test('the inspector sends a strict content policy, and no page that may be kept', async () => {
  const { headers } = await fetch(clientUrl);

  expect(headers.get('content-security-policy')).toMatch(/default-src 'none'.*frame-ancestors/);
  expect(headers.get('content-security-policy')).not.toMatch(/unsafe|https?:/);
  expect(headers.get('cache-control')).toBe('no-store');
  expect(headers.get('referrer-policy')).toBe('same-origin');
});

test('the inspector holds no inline script, style or event handler', async () => {
  const text = await (await fetch(clientUrl)).text();

  expect(text).not.toMatch(/<script(?![^>]* src=)|<style|\sstyle=|\son\w+=/i);
});

test.each([
  ['/clients/nobody', 404],
  ['/assets/..%2Fhtml.ts', 404],
  ['/assets/constructor', 404],
  ['/assets/page.css', 200],
  ['/?q=%3Cscript%3E', 200],
  ['/?q=a&q=b', 200],
  ['/requests?after=x', 200],
])('the inspector answers %s with %i', async (path, status) => {
  expect((await fetch(server.url + path)).status).toBe(status);
});

test('the inspector narrows the list of clients without a script', async () => {
  const text = await (await fetch(`${server.url}/?q=other`)).text();

  expect(text).toContain('>lonely<');
  expect(text).not.toContain('>writer<');
});
