import { anOverride, poolSettings } from '@cognito-m2m/claim-schema/testing';
import { aClient, anEnvironment, aPool } from '@cognito-m2m/environment/fixtures';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startDeployment, type TestDeployment } from '../../test/start-deployment.ts';
import { createStyle } from '../frame/terminal.ts';
import { type WhoJson, who } from './who.ts';

let deployment: TestDeployment;
beforeAll(async () => {
  deployment = await startDeployment(
    anEnvironment({
      pools: {
        payments: aPool({
          clients: {
            admin: aClient({ claims: { 'custom:role': 'admin', permissions: ['pay', 'refund'] } }),
            scoped: aClient({
              claims: { 'custom:role': 'viewer' },
              claimsByScope: {
                'orders/read': { approval_limit: 1 },
                'orders/write': { approval_limit: 2 },
              },
            }),
            tenants: aClient({
              claims: {},
              claimsFromMetadata: { tenant_id: { key: 'tenant', allow: ['t-1', 't-22'] } },
            }),
            limited: aClient({
              claims: { limits: { perMinute: 30, burst: { calls: 2 }, regions: ['eu', 'us'] } },
            }),
            stopped: aClient({ claims: { 'custom:role': 'admin' } }),
          },
        }),
        shipping: aPool({ domainPrefix: 'acme-test-shipping' }),
      },
    }),
  );
  const clientId = deployment.clientId('payments', 'stopped');
  const userPoolId = 'eu-central-1_Local0001';
  await deployment.put(anOverride({ userPoolId, clientId, revision: 1, disabled: true }));
});
afterAll(() => deployment.close());

async function findCarriers(claim: string, poolName?: string): Promise<string[]> {
  const { json } = await who(deployment.context(), { claim, poolName });
  return (json as WhoJson).carriers.map(({ pool, client, value, when = 'every token' }) =>
    [pool, client, JSON.stringify(value), when].join(' '),
  );
}

test('who finds the clients of every pool that carry a claim, whatever its value', async () => {
  expect((await findCarriers('custom:role')).sort()).toEqual([
    'payments admin "admin" every token',
    'payments scoped "viewer" every token',
    'shipping billing-worker "admin" every token',
  ]);
});

test('who finds those of one value, in one pool, and leaves out clients that get no token', async () => {
  expect(await findCarriers('custom:role=admin', 'payments')).toEqual([
    'payments admin "admin" every token',
  ]);
});

test('who finds a claim that only one scope or one metadata value brings', async () => {
  expect(await findCarriers('approval_limit=1')).toEqual([
    'payments scoped 1 only scope orders/read',
  ]);
  expect(await findCarriers('approval_limit=2')).toEqual(['payments scoped 2 all scopes']);
  expect(await findCarriers('tenant_id=t-1')).toEqual([
    'payments tenants "t-1" metadata tenant=t-1',
  ]);
});

test('who finds a member of a list', async () => {
  expect(await findCarriers('permissions=refund')).toHaveLength(1);
  expect(await findCarriers('permissions=delete')).toEqual([]);
});

test.each([
  ['limits.perMinute', 'payments limited 30 every token'],
  ['limits.perMinute=30', 'payments limited 30 every token'],
  ['limits.burst.calls=2', 'payments limited 2 every token'],
  ['limits.regions=us', 'payments limited ["eu","us"] every token'],
])('who finds a member of an object by %s', async (claim, carrier) => {
  expect(await findCarriers(claim)).toEqual([carrier]);
});

test('who finds no member of another value', async () => {
  expect(await findCarriers('limits.perMinute=31')).toEqual([]);
});

test('who leaves out a client of which the table holds only an override: it brings no claim', async () => {
  const userPoolId = 'eu-central-1_Local0002';
  const claims = { tier: { value: 'free' }, environment: { value: 'test' } };
  await deployment.put(
    poolSettings({
      userPoolId,
      poolName: 'shipping',
      unknownClients: 'issue-without-claims',
    }),
    anOverride({ userPoolId, clientId: 'nobody-declared-it', revision: 1, claims }),
  );

  expect(await findCarriers('tier', 'shipping')).toEqual([
    'shipping billing-worker "premium" every token',
  ]);
});

test('who says so if there is none', async () => {
  const { text } = await who(deployment.context(), { claim: 'tier=free', poolName: undefined });

  expect(text(createStyle({ hasColours: false }))).toBe('No client has this claim.');
});

test.each([
  'colour',
  'colour=red',
  'approval_limit=much',
  'limits.perMinutee',
  'limits.perMinute=x',
])('%s is refused', async (claim) => {
  const run = who(deployment.context(), { claim, poolName: undefined });

  await expect(run).rejects.toMatchObject({ code: 'ERR_ARGUMENT_INVALID' });
});
