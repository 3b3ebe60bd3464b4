import { afterEach, expect, test } from '@jest/globals';
import type { Fault } from '../model/fault.ts';
import { startLocalCognito } from '../start-local-cognito.ts';
import type { LocalCognito, LocalCognitoOptions } from '../start-options.ts';

let cognito: LocalCognito;
afterEach(() => cognito.close());

async function start(options: Partial<LocalCognitoOptions> = {}) {
  cognito = await startLocalCognito({
    pools: { notes: { clients: { worker: { scopes: ['notes/read'] } } } },
    ...options,
  });
}

async function ask(): Promise<{ status: number; text: string }> {
  const [pool] = cognito.pools;
  const [client] = pool?.clients ?? [];
  const response = await fetch(pool?.tokenEndpoint ?? '', {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: client?.clientId ?? '',
      client_secret: client?.clientSecret ?? '',
    }),
  });
  return { status: response.status, text: await response.text() };
}

test('the next answers are what the test asked for, then tokens again', async () => {
  await start();
  cognito.failNext({ count: 2, status: 503, body: 'busy' });
  cognito.failNext({ status: 429, body: { error: 'slow_down' } });

  const answers = [];
  for (let n = 0; n < 4; n += 1) answers.push(await ask());

  expect(answers).toMatchObject([
    { status: 503, text: 'busy' },
    { status: 503, text: 'busy' },
    { status: 429, text: '{"error":"slow_down"}' },
    { status: 200 },
  ]);
});

test('a reset closes the connection without an answer', async () => {
  await start();
  cognito.failNext({ reset: true });

  await expect(ask()).rejects.toThrow('fetch failed');
  await expect(ask()).resolves.toMatchObject({ status: 200 });
});

test('a delay without a status holds the token back', async () => {
  await start();
  cognito.failNext({ delayMs: 150 });

  const startedAt = performance.now();
  const { status } = await ask();

  expect(status).toBe(200);
  expect(performance.now() - startedAt).toBeGreaterThanOrEqual(145);
});

test('programs in other languages ask for faults over HTTP, from this machine', async () => {
  await start();
  const url = `${cognito.url}/.local-cognito/faults`;
  const send = (fault: Fault | object, headers = {}) =>
    fetch(url, { method: 'POST', body: JSON.stringify(fault), headers });

  const added = await send({ status: 500, body: 'no' });
  const malformed = await send({ status: 'five' });
  const forwarded = await send({ status: 500 }, { 'x-forwarded-for': '192.0.2.1' });

  expect([added.status, malformed.status, forwarded.status]).toEqual([204, 400, 404]);
  await expect(ask()).resolves.toEqual({ status: 500, text: 'no' });
  await expect(ask()).resolves.toMatchObject({ status: 200 });
});

test('a request beyond the quota is refused with 429', async () => {
  await start({ quota: { tokensPerSecond: 2 } });

  const answers = await Promise.all(Array.from({ length: 10 }, ask));

  const statuses = answers.map(({ status }) => status);
  expect(statuses.filter((status) => status === 429).length).toBeGreaterThanOrEqual(4);
  expect(statuses.filter((status) => status === 200).length).toBeGreaterThanOrEqual(2);
});
