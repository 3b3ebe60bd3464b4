import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { repositoryRoot } from '../support/repository.ts';
import { findPool } from '../support/token.ts';
import { attacks, fine } from './attacks.ts';
import { ORDERS_CLAIMS } from './orders-api.ts';
import { createOrdersCaller } from './orders-caller.ts';
import { type ServiceWorld, startServiceWorld } from './service-world.ts';

/** The whole response to a refused request. */
const CHALLENGES = {
  ERR_TOKEN_MISSING: /^Bearer realm="api"$/,
  ERR_TOKEN_SCOPE: /^Bearer realm="api", error="insufficient_scope", scope="orders\/(read|write)"$/,
  other: /^Bearer realm="api", error="invalid_token"$/,
};

let world: ServiceWorld;

beforeAll(async () => {
  world = await startServiceWorld();
}, 30_000);
afterAll(() => world?.close());

describe('the orders API', () => {
  test('the orders API reads the claims of a token that a standard OAuth client got', async () => {
    const token = await world.getToken('payments');

    const response = await world.call('/orders', { authorization: `Bearer ${token}` });

    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ organization: '12345', tier: 'premium' });
  });

  test.each([
    ['5000', 200, true],
    ['5001', 403, false],
  ])(
    'the orders API decides about %s euros by a claim of the token',
    async (euros, status, approved) => {
      const token = await world.getToken('payments');

      const path = `/approvals/${euros}`;
      const response = await world.call(path, { authorization: `Bearer ${token}` }, 'POST');

      expect(response.status).toBe(status);
      expect(await response.json()).toEqual({ approved });
    },
  );

  test('the orders API answers a service that uses the token client: 100 calls, 1 token', async () => {
    const { tokenEndpoint, clients } = findPool(world.cognito, 'payments');
    const [{ clientId = '', clientSecret = '' } = {}] = clients;
    const caller = createOrdersCaller(world.apiUrl, {
      endpoint: { tokenEndpoint },
      credentials: () => ({ clientId, clientSecret }),
    });

    const answers = await Promise.all(Array.from({ length: 98 }, () => caller.readOrders()));
    const approvals = [await caller.approve(5000), await caller.approve(5001)];

    expect(answers).toContainEqual({ organization: '12345', tier: 'premium' });
    expect(approvals).toEqual([true, false]);
    expect(caller.stats()).toMatchObject({ served: 100, issued: 1 });
  });

  test.each(['0', '-1', '1.5', 'NaN', 'all'])(
    'the orders API does not take %s for an amount',
    async (euros) => {
      const token = await world.getToken('payments');

      const path = `/approvals/${euros}`;
      const response = await world.call(path, { authorization: `Bearer ${token}` }, 'POST');

      expect(response.status).toBe(400);
    },
  );

  test('the orders API reads the claims that its file in the contract names', async () => {
    const file = join(
      repositoryRoot,
      'packages/claim-schema/test/contract-files/consumers/orders-api.json',
    );
    const { reads } = JSON.parse(await readFile(file, 'utf8'));

    expect(Object.keys(reads)).toEqual(ORDERS_CLAIMS);
  });
});

describe('what an attack starts from', () => {
  test('what an attack starts from gets in: nothing but the attack is wrong with it', async () => {
    const token = world.signer.sign(fine);

    const response = await world.call('/orders', { authorization: `Bearer ${token}` });

    expect(response.status).toBe(200);
  });

  test('what an attack starts from is laid out like a token of local Cognito', async () => {
    const [header, payload] = decode(await world.getToken('payments', { scope: 'orders/read' }));
    const names = ['custom:organization_id', 'environment', 'tier'];
    const claims = Object.fromEntries(
      Object.entries(payload).filter(([name]) => names.includes(name)),
    ) as Record<string, string>;

    const [signedHeader, signedPayload] = decode(world.signer.sign({ claims }));

    expect(layoutOf(signedHeader)).toEqual(layoutOf(header));
    expect(layoutOf(signedPayload)).toEqual(layoutOf(payload));
  });
});

describe('an attack', () => {
  test.each(attacks)('$attack: $code', async ({ request, code, status }) => {
    const { path = '/orders', method = 'GET', headers } = await request(world);

    const response = await world.call(path, headers, method);
    const text = await response.text();

    expect({ status: response.status, ...JSON.parse(text) }).toMatchObject({ status, code });
    expect(response.headers.get('www-authenticate')).toMatch(CHALLENGES[challengeOf(code)]);
    // No part of a token, and each is much longer than 20 characters.
    const parts = (headers['authorization'] ?? '').split(/[ .]/).filter((part) => part.length > 20);
    expect(parts.filter((part) => text.includes(part))).toEqual([]);
  });
});

function challengeOf(code: string): keyof typeof CHALLENGES {
  return code === 'ERR_TOKEN_MISSING' || code === 'ERR_TOKEN_SCOPE' ? code : 'other';
}

type Fields = Record<string, unknown>;

function decode(token: string): [header: Fields, payload: Fields] {
  const [header = '', payload = ''] = token.split('.');
  return [parsePart(header), parsePart(payload)];
}

function parsePart(part: string): Fields {
  return JSON.parse(Buffer.from(part, 'base64url').toString());
}

/** The names of the fields in their order, each with the type of its value. */
function layoutOf(fields: Fields): string[] {
  return Object.entries(fields).map(([name, value]) => `${name}: ${typeof value}`);
}
