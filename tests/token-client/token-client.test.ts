import { DynamoDB } from '@aws-sdk/client-dynamodb';
import { createClaimsWriter } from '@cognito-m2m/claims-store/writer';
import type { AccessToken } from '@cognito-m2m/token-client';
import { dynamoTokenStore } from '@cognito-m2m/token-client/dynamo-token-store';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { decodeJwt } from 'jose';
import { TOKEN_LIFE_SECONDS } from './token-environment.ts';
import { startTokenWorld, type TokenWorld } from './token-world.ts';

/** Simulated time of the long tests, in seconds. */
const DURATION_SECONDS = 600;

/** No client can do with fewer tokens: a new one for each life, less the margin of 5 seconds. */
const LOWER_BOUND = Math.ceil(DURATION_SECONDS / (TOKEN_LIFE_SECONDS - 5));

let world: TokenWorld;
let issuedBefore: number;
beforeAll(async () => {
  world = await startTokenWorld();
});
beforeEach(() => {
  issuedBefore = world.issued();
});
afterAll(() => world?.close());

const issued = () => world.issued() - issuedBefore;
const request = { scopes: ['orders/read'] };
const claimsOf = ({ accessToken }: AccessToken) => decodeJwt<Record<string, unknown>>(accessToken);

describe('callers of local Cognito', () => {
  test('64 callers for 10 minutes cost as many tokens as the lower bound', async () => {
    const { settle, fetch } = createTraffic();
    const tokens = world.createTokens('worker', { fetch });
    let served = 0;

    for (let second = 0; second < DURATION_SECONDS; second += 2) {
      const all = await Promise.all(Array.from({ length: 64 }, () => tokens.get(request)));
      served += all.length;
      await settle();
      world.advance(2);
    }

    expect(issued()).toBe(LOWER_BOUND);
    expect(tokens.stats()).toMatchObject({ served, issued: LOWER_BOUND, failed: 0 });
  });

  test('500 processes with a shared store cost two tokens for each life at most', async () => {
    const traffic = createTraffic();
    const { store, close } = await createStore(traffic);
    const { fetch } = traffic;
    const credentials = () => world.clientOf('worker');
    const processes = Array.from({ length: 500 }, () =>
      world.createTokens('worker', {
        credentials,
        store,
        fetch,
        storeTimeoutMs: 60_000,
        timeoutMs: 120_000,
      }),
    );

    for (let second = 0; second < DURATION_SECONDS; second += 15) {
      const all = await Promise.all(processes.map((tokens) => tokens.get(request)));
      for (const { expiresAt } of all) {
        expect(expiresAt.getTime()).toBeGreaterThan(world.now());
      }
      await traffic.settle();
      world.advance(15);
    }
    close();

    const storeFailures = processes.map((tokens) => tokens.stats().storeFailed);
    expect(storeFailures.filter((count) => count > 0)).toEqual([]);
    expect(issued()).toBeLessThanOrEqual(2 * (DURATION_SECONDS / TOKEN_LIFE_SECONDS));
  }, 300_000);

  test('tenants never receive the token of another one', async () => {
    const tokens = world.createTokens('portal');
    const tenants = Array.from({ length: 90 }, (_, index) => `t-${(index % 3) + 1}`);

    const all = await Promise.all(
      tenants.map((tenant) => tokens.get({ ...request, metadata: { tenant } })),
    );

    expect(all.map((token) => claimsOf(token)['tenant_id'])).toEqual(tenants);
    expect(issued()).toBe(3);
  });

  test('a refusal of the trigger arrives with its code, and is requested once', async () => {
    const tokens = world.createTokens('portal');
    const calls = Array.from({ length: 10 }, () => tokens.get(request));

    const outcomes = await Promise.allSettled(calls);

    for (const outcome of outcomes) {
      expect(outcome).toMatchObject({
        status: 'rejected',
        reason: { code: 'ERR_TOKEN_REFUSED', details: { triggerCode: 'ERR_METADATA_REQUIRED' } },
      });
    }
    expect(tokens.stats().failed).toBe(1);
  });

  test('GetClientToken serves pools without a domain', async () => {
    const { region, url } = world.cognito;
    const tokens = world.createTokens('portal', { endpoint: { api: { region, url } } });

    const token = await tokens.get({ ...request, metadata: { tenant: 't-2' } });
    const refused = tokens.get(request);

    expect(claimsOf(token)).toMatchObject({ tenant_id: 't-2', scope: 'orders/read' });
    await expect(refused).rejects.toMatchObject({
      code: 'ERR_TOKEN_REFUSED',
      details: { triggerCode: 'ERR_METADATA_REQUIRED' },
    });
  });
});

describe('a change while services run', () => {
  test('a change while services run of the secret fails no caller, and the old secret is refused', async () => {
    const tokens = world.createTokens('worker');
    await tokens.get(request);
    const { clientId, clientSecret } = world.clientOf('worker');

    await world.rotate('worker');
    const scopes = ['orders/read', 'orders/write', 'both'];
    const all = await Promise.all(
      scopes.map((scope) =>
        tokens.get({ scopes: scope === 'both' ? scopes.slice(0, 2) : [scope] }),
      ),
    );

    expect(all).toHaveLength(3);
    expect(tokens.stats().failed).toBe(0);
    const old = world.createTokens('worker', { credentials: () => ({ clientId, clientSecret }) });
    await expect(old.get(request)).rejects.toMatchObject({ code: 'ERR_CREDENTIALS_REFUSED' });
  });

  test('a change while services run of a claim is seen after maxAgeSeconds', async () => {
    const tokens = world.createTokens('worker', { maxAgeSeconds: 60 });
    const before = await tokens.get(request);
    await overrideTier('free');

    world.advance(60);
    const after = await tokens.get(request);

    expect([before, after].map((token) => claimsOf(token)['tier'])).toEqual(['premium', 'free']);
  });
});

describe('an outage', () => {
  test('an outage of the endpoint is a coded error that says what happened', async () => {
    const endpoint = { tokenEndpoint: 'http://127.0.0.1:9/oauth2/token' };
    const tokens = world.createTokens('worker', { endpoint, timeoutMs: 500 });

    await expect(tokens.get(request)).rejects.toMatchObject({
      code: 'ERR_TOKEN_UNAVAILABLE',
      retryable: true,
    });
  });
});

/** Counts the calls under way, so that a test can wait for renewals in the background. */
function createTraffic() {
  let underWay = 0;
  const watch =
    <A extends unknown[], R>(call: (...args: A) => Promise<R>) =>
    async (...args: A): Promise<R> => {
      underWay++;
      return call(...args).finally(() => {
        underWay--;
      });
    };
  const settle = async () => {
    for (let quietTurns = 0; quietTurns < 5; quietTurns++) {
      await new Promise((resolve) => setTimeout(resolve, 1));
      // Encryption is under way in the thread pool; this is behind it in the queue.
      await crypto.subtle.digest('SHA-256', new Uint8Array(1));
      if (underWay > 0) quietTurns = 0;
    }
  };
  return { watch, settle, fetch: watch(globalThis.fetch) };
}

function createTable() {
  const { region, dynamoDbEndpoint: endpoint } = world.cognito;
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  // On a busy machine the table closes idle connections while requests are on their way to them.
  const requestHandler = { httpAgent: { maxSockets: 500, keepAlive: false } };
  return new DynamoDB({ region, endpoint, credentials, requestHandler });
}

async function createStore({ watch }: ReturnType<typeof createTraffic>) {
  const client = createTable();
  const tableName = 'shared-tokens';
  await client.createTable({
    TableName: tableName,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
    KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
  });
  const store = dynamoTokenStore({ client, tableName });
  // The table's clock is the real one, and the simulated time is ahead of it.
  const read = watch(async (name: string) => {
    const stored = await store.read(name);
    return stored && { ...stored, storeTimeMs: undefined };
  });
  return { store: { read, write: watch(store.write) }, close: () => client.destroy() };
}

async function overrideTier(tier: string): Promise<void> {
  const client = createTable();
  const { pool, clientId } = world.clientOf('worker');
  await createClaimsWriter({ client, tableName: world.cognito.tableName }).addOverride({
    kind: 'override',
    userPoolId: pool.userPoolId,
    clientId,
    revision: 1,
    disabled: false,
    claims: { tier: { value: tier } },
    updatedBy: 'test',
    reason: 'to see it in a token',
    updatedAt: new Date().toISOString(),
  });
  client.destroy();
  // Longer than the trigger's cache.
  await new Promise((resolve) => setTimeout(resolve, 1_200));
}
