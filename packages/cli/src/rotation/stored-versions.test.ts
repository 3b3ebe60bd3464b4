import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { openStoredVersions } from './apply-step.ts';

const VERSION = 'v'.repeat(32);
let exception = '';
let server: Server;
let client: SecretsManagerClient;
beforeAll(async () => {
  server = createServer((_request, response) => {
    response.writeHead(400, { 'content-type': 'application/x-amz-json-1.1' });
    response.end(JSON.stringify({ __type: exception, message: 'a message of the service' }));
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  client = new SecretsManagerClient({
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
});
afterAll(async () => {
  client.destroy();
  await new Promise((closed) => server.close(closed));
});

const versions = () =>
  openStoredVersions(client, {
    secretId: 'm2m/test/payments/billing-worker/credentials',
    clientId: undefined,
  });

test.each([
  ['the list', () => versions().list()],
  ['the current version', () => versions().read()],
])('%s of an entry that is not there is an error that names it', async (_case, ask) => {
  exception = 'ResourceNotFoundException';

  await expect(ask()).rejects.toMatchObject({
    code: 'ERR_SECRET_NOT_FOUND',
    message: expect.stringContaining('m2m/test/payments/billing-worker/credentials'),
  });
});

test('a version that exists with another value is not stored', async () => {
  exception = 'ResourceExistsException';

  expect(await versions().stage(VERSION, '{}')).toBe(false);
});

test('a label that is elsewhere is not moved', async () => {
  exception = 'InvalidParameterException';

  expect(await versions().move({ label: 'AWSCURRENT', to: VERSION })).toBe(false);
});

test('a local Cognito that only shows another API is an error that names that API', async () => {
  exception = 'NotAuthorizedException';

  await expect(versions().stage(VERSION, '{}')).rejects.toMatchObject({
    code: 'ERR_ROTATION_BLOCKED',
    next: expect.stringContaining('--aws'),
  });
});

test('any other refusal stays what it is', async () => {
  exception = 'AccessDeniedException';

  await expect(versions().stage(VERSION, '{}')).rejects.toMatchObject({
    name: 'AccessDeniedException',
  });
});
