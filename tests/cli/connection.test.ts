import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer as createHttpServer } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo, Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FIXTURE_ENVIRONMENTS } from '@cognito-m2m/environment/fixtures';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { generate } from 'selfsigned';
import { runM2m } from '../support/m2m.ts';

// What m2m says of a server whose TLS is at fault: real certificates, real sockets, the real command.
let folder: string;
let server: Server;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'm2m-tls-'));
});
afterAll(() => rm(folder, { recursive: true }));
afterEach(() => {
  server.close();
});

const DAY_MS = 86_400_000;

/** Serves TLS with a certificate of its own. @returns The file of the certificate. */
async function serve(host: string, lifeDays: number): Promise<string> {
  const notBefore = Date.now() - 10 * DAY_MS;
  const { cert, private: key } = await generate([{ name: 'commonName', value: host }], {
    keySize: 2048,
    notBeforeDate: new Date(notBefore),
    notAfterDate: new Date(notBefore + lifeDays * DAY_MS),
    extensions: [
      { name: 'basicConstraints', cA: true },
      { name: 'subjectAltName', altNames: [{ type: 2, value: host }] },
    ],
  });
  server = createServer({ key, cert }, (_request, response) => response.end('{}'));
  await listen(server);
  const file = join(folder, `${host}-${lifeDays}.pem`);
  await writeFile(file, cert);
  return file;
}

const listen = (started: Server) =>
  new Promise<void>((resolve) => started.listen(0, '127.0.0.1', resolve));

/** Runs a command that asks the server as if it were AWS. */
function ask(variables: { readonly [name: string]: string } = {}) {
  const { port } = server.address() as AddressInfo;
  return runM2m(['list', '--aws', '--env', 'local', '--environments', FIXTURE_ENVIRONMENTS], {
    AWS_ENDPOINT_URL: `https://localhost:${port}`,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_MAX_ATTEMPTS: '1',
    ...variables,
  });
}

test('m2m names a certificate that nobody trusts, and how to trust it', async () => {
  await serve('localhost', 365);

  const { exitCode, stderr } = await ask();

  expect(exitCode).toBe(1);
  expect(stderr).toContain('its TLS certificate is not trusted (DEPTH_ZERO_SELF_SIGNED_CERT)');
  expect(stderr).toContain('NODE_EXTRA_CA_CERTS');
  expect(stderr).not.toMatch(/AWS refused|respond like AWS/);
});

test('m2m names a certificate that has expired', async () => {
  const certificate = await serve('localhost', 5);

  const { exitCode, stderr } = await ask({ NODE_EXTRA_CA_CERTS: certificate });

  expect(exitCode).toBe(1);
  expect(stderr).toContain('its TLS certificate has expired (CERT_HAS_EXPIRED)');
  expect(stderr).toContain('clock of this machine');
});

test('m2m names a certificate for another host', async () => {
  const certificate = await serve('other.example', 365);

  const { exitCode, stderr } = await ask({ NODE_EXTRA_CA_CERTS: certificate });

  expect(exitCode).toBe(1);
  expect(stderr).toContain('certificate is for another host (ERR_TLS_CERT_ALTNAME_INVALID)');
});

test('m2m names a server that does not speak TLS', async () => {
  server = createHttpServer((_request, response) => response.end('{}'));
  await listen(server);

  const { exitCode, stderr } = await ask();

  expect(exitCode).toBe(1);
  expect(stderr).toMatch(/the server does not respond with TLS \(\w+\)/);
});

test('m2m trusts a certificate that NODE_EXTRA_CA_CERTS names', async () => {
  const certificate = await serve('localhost', 365);

  const { stderr } = await ask({ NODE_EXTRA_CA_CERTS: certificate });

  expect(stderr).not.toContain('TLS');
});
