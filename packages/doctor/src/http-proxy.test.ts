import { execFile } from 'node:child_process';
import { createServer, type Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from '@jest/globals';

let seen: string[];
let proxy: Server;
let direct: Server;
beforeEach(async () => {
  seen = [];
  proxy = createServer((request, response) => {
    seen.push(`${request.method} ${request.url}`);
    response.end('by proxy');
  });
  // A tunnel is all that the proxy of an https: address sees; here it leads nowhere.
  proxy.on('connect', (request, socket) => {
    seen.push(`CONNECT ${request.url}`);
    socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
  });
  direct = createServer((_request, response) => response.end('direct'));
  for (const server of [proxy, direct]) {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  }
});
afterEach(() => {
  proxy.close();
  direct.close();
});

const portOf = (server: Server) => (server.address() as AddressInfo).port;

/** Fetches in a process of its own, as `m2m` does. @returns What came, or how it failed. */
async function fetchIn(
  variables: { readonly [name: string]: string },
  url: string,
): Promise<string> {
  const module = new URL('http-proxy.ts', import.meta.url).href;
  const program = `
    const { useProxyForFetch } = await import(${JSON.stringify(module)});
    await useProxyForFetch(process.env);
    const answer = await fetch(${JSON.stringify(url)}).then((response) => response.text(), () => 'failed');
    process.stdout.write(answer);
    process.exit(0);`;
  const tsx = createRequire(import.meta.url).resolve('tsx');
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--import', tsx, '--input-type=module', '--eval', program],
    { env: { PATH: process.env['PATH'], ...variables } },
  );
  return stdout;
}

const PROXY = () => `http://127.0.0.1:${portOf(proxy)}`;

test.each([
  ['HTTPS_PROXY', 'https://pool.example/oauth2/token', 'CONNECT pool.example:443'],
  ['https_proxy', 'https://pool.example/jwks.json', 'CONNECT pool.example:443'],
  ['ALL_PROXY', 'https://pool.example/', 'CONNECT pool.example:443'],
])('fetch goes through %s to %s', async (variable, url, expected) => {
  await fetchIn({ [variable]: PROXY() }, url);

  expect(seen[0]).toBe(expected);
});

test.each([
  ['what NO_PROXY names', { NO_PROXY: 'pool.example' }, 'https://pool.example:1/'],
  ['every host for NO_PROXY=*', { NO_PROXY: '*' }, 'https://pool.example:1/'],
])('fetch goes around the proxy to %s', async (_case, variables, url) => {
  await fetchIn({ HTTPS_PROXY: PROXY(), HTTP_PROXY: PROXY(), ...variables }, url);

  expect(seen).toEqual([]);
});

test('fetch goes to a local Cognito of this machine without the proxy', async () => {
  const url = `http://127.0.0.1:${portOf(direct)}/`;

  expect(await fetchIn({ HTTP_PROXY: PROXY(), ALL_PROXY: PROXY() }, url)).toBe('direct');
  expect(seen).toEqual([]);
});
