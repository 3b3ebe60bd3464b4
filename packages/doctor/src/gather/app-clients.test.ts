import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import { afterEach, expect, test } from '@jest/globals';
import { readAppClients } from './app-clients.ts';

/** The SDK waits longer and longer while it is throttled. */
const PATIENCE_MS = 60_000;
const CLIENT_COUNT = 70;
const THROTTLED_CALLS = 3;

let server: Server;
afterEach(() => new Promise((resolve) => server.close(resolve)));

/** An API that lists clients in two pages, throttles the first describe calls, and counts how many run at once. */
async function startApi() {
  const seen = { running: 0, most: 0, describes: 0 };
  const pages: Record<string, { from: number; to: number; NextToken?: string }> = {
    first: { from: 0, to: 60, NextToken: 'second' },
    second: { from: 60, to: CLIENT_COUNT },
  };
  server = createServer(async (request, response) => {
    const body = (await json(request)) as { ClientId?: string; NextToken?: string };
    seen.running += 1;
    seen.most = Math.max(seen.most, seen.running);
    await new Promise((resolve) => setTimeout(resolve, 5));
    seen.running -= 1;
    response.setHeader('content-type', 'application/x-amz-json-1.1');
    if (String(request.headers['x-amz-target']).endsWith('ListUserPoolClients')) {
      const { from, to, NextToken } = pages[body.NextToken ?? 'first'] ?? { from: 0, to: 0 };
      const ids = Array.from({ length: to - from }, (_, index) => `client-${from + index}`);
      response.end(
        JSON.stringify({ UserPoolClients: ids.map((ClientId) => ({ ClientId })), NextToken }),
      );
      return;
    }
    seen.describes += 1;
    if (seen.describes <= THROTTLED_CALLS) response.statusCode = 400;
    response.end(
      seen.describes <= THROTTLED_CALLS
        ? JSON.stringify({ __type: 'TooManyRequestsException', message: 'Rate exceeded' })
        : JSON.stringify({ UserPoolClient: { ClientId: body.ClientId, ClientSecret: 'hidden' } }),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const client = new CognitoIdentityProviderClient({
    retryMode: 'adaptive',
    maxAttempts: 8,
    endpoint: `http://127.0.0.1:${port}`,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  return { client, seen };
}

test(
  'the reader of app clients reads all pages in order, five clients at a time, and goes on where it was throttled',
  async () => {
    const { client, seen } = await startApi();
    const progress: number[] = [];

    const ids = await readAppClients(
      client,
      'eu-central-1_Test00001',
      ({ ClientId }) => ClientId,
      (count) => progress.push(count),
    );

    client.destroy();
    expect(ids).toEqual(Array.from({ length: CLIENT_COUNT }, (_, index) => `client-${index}`));
    expect(seen.describes).toBe(CLIENT_COUNT + THROTTLED_CALLS);
    expect(seen.most).toBeGreaterThan(1);
    expect(seen.most).toBeLessThanOrEqual(5);
    expect(progress.at(-1)).toBe(CLIENT_COUNT);
  },
  PATIENCE_MS,
);
