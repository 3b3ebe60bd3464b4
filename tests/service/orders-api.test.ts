import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { repositoryRoot } from '../repository.ts';
import { attacks } from './attacks.ts';
import { ORDERS_CLAIMS } from './orders-api.ts';
import { type ServiceWorld, startServiceWorld } from './service-world.ts';

let world: ServiceWorld;

beforeAll(async () => {
  world = await startServiceWorld();
}, 30_000);
afterAll(() => world?.close());

describe('the orders API', () => {
  test('reads the claims of a token that a standard OAuth client got', async () => {
    const token = await world.getToken('payments');

    const response = await world.call('/orders', { authorization: `Bearer ${token}` });

    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ organization: '12345', tier: 'premium' });
  });

  test.each([
    ['5000', 200, true],
    ['5001', 403, false],
  ])('decides about %s euros by a claim of the token', async (euros, status, approved) => {
    const token = await world.getToken('payments');

    const path = `/approvals/${euros}`;
    const response = await world.call(path, { authorization: `Bearer ${token}` }, 'POST');

    expect(response.status).toBe(status);
    expect(await response.json()).toEqual({ approved });
  });

  test.each(['0', '-1', '1.5', 'NaN', 'all'])('does not take %s for an amount', async (euros) => {
    const token = await world.getToken('payments');

    const path = `/approvals/${euros}`;
    const response = await world.call(path, { authorization: `Bearer ${token}` }, 'POST');

    expect(response.status).toBe(400);
  });

  test('reads the claims that its file in the contract names', async () => {
    const file = join(repositoryRoot, 'packages/claim-schema/consumers/orders-api.json');
    const { reads } = JSON.parse(await readFile(file, 'utf8'));

    expect(Object.keys(reads)).toEqual(ORDERS_CLAIMS);
  });
});

describe('an attack', () => {
  test.each(attacks)('$attack: $code', async ({ request, code, status }) => {
    const { path = '/orders', method = 'GET', headers } = await request(world);

    const response = await world.call(path, headers, method);
    const text = await response.text();

    expect({ status: response.status, ...JSON.parse(text) }).toMatchObject({ status, code });
    // No part of a token, and each is much longer than 20 characters.
    const parts = (headers['authorization'] ?? '').split(/[ .]/).filter((part) => part.length > 20);
    expect(parts.filter((part) => text.includes(part))).toEqual([]);
  });
});
