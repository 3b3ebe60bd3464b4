import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createSimulatedIssuer, decode, SECRET } from '../test/simulated-issuer.ts';
import { createSimulatedTime } from '../test/simulated-time.ts';
import { startTokenTable, type TokenTable } from '../test/token-table.ts';
import { dynamoTokenStore } from './dynamo-token-store.ts';
import { createTokenClient, type TokenClientOptions, type TokenStore } from './index.ts';

let table: TokenTable;
let store: TokenStore;
beforeEach(async () => {
  table = await startTokenTable();
  store = dynamoTokenStore(table);
});
afterEach(() => table.close());

/** Processes of one fleet: one issuer and one time, and a token client each. */
function aFleet(size: number, options: Partial<TokenClientOptions> = {}) {
  const time = createSimulatedTime({ random: Math.random });
  // Requests and the table run in real time, so the pauses between two looks do so, too.
  const sleep = (milliseconds: number, signal: AbortSignal | undefined) =>
    milliseconds > 5_000
      ? time.sleep(milliseconds, signal)
      : new Promise<void>((resolve) => setTimeout(resolve, milliseconds / 10));
  const issuer = createSimulatedIssuer(time);
  const processes = Array.from({ length: size }, () =>
    createTokenClient({
      endpoint: { tokenEndpoint: issuer.url },
      credentials: () => ({ clientId: 'client-1', clientSecret: SECRET }),
      fetch: issuer.fetch,
      time: { ...time, sleep },
      store: { ...store, read: (name) => readAt(issuer.now(), name) },
      storeTimeoutMs: 30_000,
      ...options,
    }),
  );
  return { time, issuer, processes };
}

// The table's clock would be the real one, hours away from the simulated time.
async function readAt(storeTimeMs: number, name: string) {
  const stored = await store.read(name);
  return stored && { ...stored, storeTimeMs };
}

const request = { scopes: ['orders/read'], metadata: { tenant: 'tenant-of-the-test' } };

describe('a store that a fleet shares', () => {
  test.each([1, 3, 30])(
    'a store that a fleet shares costs one token for %i processes that start at once',
    async (size) => {
      const { issuer, processes } = aFleet(size);

      const all = await Promise.all(processes.map((tokens) => tokens.get(request)));

      expect(new Set(all.map(({ accessToken }) => accessToken)).size).toBe(1);
      expect(issuer.issued()).toBe(1);
      expect(processes.map((tokens) => tokens.stats()).filter(({ shared }) => shared)).toHaveLength(
        size - 1,
      );
    },
  );

  test('a store that a fleet shares costs one token at each renewal', async () => {
    const { time, issuer, processes } = aFleet(20);
    issuer.lifeSeconds = 300;

    for (let second = 0; second < 600; second += 5) {
      await Promise.all(processes.map((tokens) => tokens.get(request)));
      // Renewals in the background use the table.
      await new Promise((resolve) => setTimeout(resolve, 2));
      await time.advance(5_000);
    }

    expect(issuer.issued()).toBe(3);
  });

  test('a store that a fleet shares keeps tokens apart by scopes and metadata', async () => {
    const { issuer, processes } = aFleet(2);

    for (const tokens of processes) {
      await tokens.get({ scopes: ['a'] });
      await tokens.get({ scopes: ['b'] });
      await tokens.get({ scopes: ['a'], metadata: { tenant: 't-1' } });
    }

    expect(issuer.issued()).toBe(3);
    expect(await table.items()).toHaveLength(3);
  });

  test('a store that a fleet shares gives a lease back when the request is refused', async () => {
    const { issuer, processes } = aFleet(3);
    issuer.faults = [{ status: 400, body: { error: 'invalid_scope' } }];

    const outcomes = await Promise.allSettled(processes.map((tokens) => tokens.get(request)));

    expect(outcomes.map(({ status }) => status).sort()).toEqual([
      'fulfilled',
      'fulfilled',
      'rejected',
    ]);
  });

  test('a store that a fleet shares takes the lease of a process that has ended over', async () => {
    const { time, issuer, processes } = aFleet(2);
    const [first, second] = processes;
    issuer.faults = ['hang'];
    // Never answers and never gives the lease back, as a container that is frozen.
    first?.get(request).catch(() => undefined);
    while ((await table.items()).length === 0)
      await new Promise((resolve) => setTimeout(resolve, 5));

    const call = second?.get({ ...request, timeoutMs: 600_000 });
    const isLeaseOver = setInterval(() => time.advance(1_000), 20);

    await expect(call).resolves.toHaveProperty('accessToken');
    clearInterval(isLeaseOver);
  });

  test('a store that a fleet shares shares nothing between two secrets, and nothing that is seen without one', async () => {
    const { issuer, processes } = aFleet(1);
    issuer.secrets.add('another-secret');
    const credentials = () => ({ clientId: 'client-1', clientSecret: 'another-secret' });
    const other = createTokenClient({
      endpoint: { tokenEndpoint: issuer.url },
      credentials,
      fetch: issuer.fetch,
      store,
    });

    const token = await processes[0]?.get(request);
    await other.get(request);

    expect(issuer.issued()).toBe(2);
    const kept = JSON.stringify(await table.items(), (_, value) =>
      value?.type === 'Buffer' ? Buffer.from(value.data).toString('latin1') : value,
    );
    for (const text of [token?.accessToken ?? '', SECRET, 'client-1', 'orders/read', 'tenant']) {
      expect(kept).not.toContain(text);
    }
  });

  test('a value that was changed or moved is not taken', async () => {
    const { issuer, processes } = aFleet(3);
    const [first, second, third] = processes;
    await first?.get({ scopes: ['a'] });
    await first?.get({ scopes: ['b'] });
    const [a, b] = await table.items();
    for (const [item, value] of [
      [a, b?.['value']],
      [b, a?.['value']],
    ] as const) {
      await table.client.putItem({ TableName: table.tableName, Item: { ...item, value } as never });
    }

    await second?.get({ scopes: ['a'] });
    for (const item of await table.items()) {
      const value = { B: new Uint8Array([1, 2, 3]) };
      await table.client.putItem({ TableName: table.tableName, Item: { ...item, value } as never });
    }
    await third?.get({ scopes: ['a'] });

    expect(issuer.issued()).toBe(4);
  });

  test('an API that answers 401 brings one new token for the fleet', async () => {
    const origin = 'https://api.example.com';
    let rejected = '';
    const api: typeof fetch = async (input, init) => {
      if (!(input instanceof Request)) return issuer.fetch(input, init);
      const isOld = input.headers.get('authorization') === `Bearer ${rejected}`;
      return new Response('', { status: isOld ? 401 : 200 });
    };
    const { issuer, processes } = aFleet(5, { fetch: api });
    const all = await Promise.all(processes.map((tokens) => tokens.get(request)));
    rejected = all[0]?.accessToken ?? '';

    const calls = processes.map((tokens) => tokens.createFetch({ origins: [origin], ...request }));
    const responses = await Promise.all(calls.map((call) => call(origin)));

    expect(responses.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
    expect(issuer.issued()).toBe(2);
  });
});

describe('a wrong clock', () => {
  test.each([-600, 600])(
    'a wrong clock of %i seconds serves no expired token of the store',
    async (seconds) => {
      const { time, issuer, processes } = aFleet(1);
      await processes[0]?.get(request);
      await time.advance(3_598_000);
      // A process that has never spoken to the issuer, so only the store can tell it the time.
      const late = createTokenClient({
        endpoint: { tokenEndpoint: issuer.url },
        credentials: () => ({ clientId: 'client-1', clientSecret: SECRET }),
        fetch: issuer.fetch,
        time: { ...time, now: () => time.now() + seconds * 1_000 },
        store: { ...store, read: (name) => readAt(issuer.now(), name) },
      });

      const { accessToken } = await late.get(request);

      expect(decode(accessToken)['exp']).toBeGreaterThan(issuer.now() / 1_000 + 60);
      expect(issuer.issued()).toBe(2);
    },
  );
});

describe('a store that fails', () => {
  const failures: [string, Partial<TokenStore>][] = [
    ['reading', { read: () => Promise.reject(new Error('no table')) }],
    ['writing', { write: () => Promise.reject(new Error('no table')) }],
    ['reading for long', { read: () => new Promise(() => undefined) }],
  ];
  test.each(failures)(
    '%s does not fail the caller, and is not tried again for a while',
    async (_, failing) => {
      let calls = 0;
      const counted: TokenStore = {
        read(...call) {
          calls++;
          return failing.read?.(...call) ?? store.read(...call);
        },
        write: (...call) => failing.write?.(...call) ?? store.write(...call),
      };
      const { processes } = aFleet(1, { store: counted, storeTimeoutMs: 1_000 });
      const [tokens] = processes;
      const failed: string[] = [];
      tokens?.on('failed', ({ code }) => failed.push(code));

      for (const scope of ['a', 'b', 'c']) await tokens?.get({ scopes: [scope] });

      expect(tokens?.stats()).toMatchObject({ issued: 3, failed: 0, storeFailed: 1 });
      expect({ calls, failed }).toEqual({ calls: 1, failed: ['ERR_STORE_UNAVAILABLE'] });
    },
  );

  test('a store that fails is used again afterwards', async () => {
    let isDown = true;
    const flaky: TokenStore = {
      ...store,
      read: (name) => (isDown ? Promise.reject(new Error('down')) : store.read(name)),
    };
    const { time, processes } = aFleet(1, { store: flaky });
    await processes[0]?.get({ scopes: ['a'] });

    isDown = false;
    await time.advance(6_000);
    await processes[0]?.get({ scopes: ['b'] });

    expect(await table.items()).toHaveLength(1);
  });
});

describe('a write', () => {
  const value = new Uint8Array([1]);
  const expiresAtSeconds = 2_000_000_000;

  test('a write wins only over the version that it expects', async () => {
    const write = (version: string, ifVersion: string | undefined) =>
      store.write('name', { version, value }, { ifVersion, expiresAtSeconds });

    expect(await write('v1', undefined)).toBe(true);
    expect(await write('v2', undefined)).toBe(false);
    expect(await write('v2', 'v0')).toBe(false);
    expect(await write('v2', 'v1')).toBe(true);
    expect(await store.read('name')).toMatchObject({ version: 'v2', value });
    expect(await store.read('other')).toBeUndefined();
  });

  test('a write whose response was lost is known as its own', async () => {
    await store.write('name', { version: 'v1', value }, { ifVersion: undefined, expiresAtSeconds });

    const repeated = store.write(
      'name',
      { version: 'v1', value },
      { ifVersion: undefined, expiresAtSeconds },
    );

    expect(await repeated).toBe(true);
  });

  test("a write tells the table's time", async () => {
    await store.write('name', { version: 'v1', value }, { ifVersion: undefined, expiresAtSeconds });

    const { storeTimeMs = 0 } = (await store.read('name')) ?? {};

    expect(Math.abs(storeTimeMs - Date.now())).toBeLessThan(60_000);
  });
});
