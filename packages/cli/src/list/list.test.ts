import { anOverride, poolSettings } from '@cognito-m2m/claim-schema/testing';
import { aClient, anEnvironment, aPool } from '@cognito-m2m/environment/fixtures';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startDeployment, TEST_NOW_MS, type TestDeployment } from '../../test/start-deployment.ts';
import { createStyle } from '../frame/terminal.ts';
import { plan } from '../plan/plan.ts';
import { who } from '../who/who.ts';
import { list } from './list.ts';

const expiresAt = TEST_NOW_MS / 1000 + 3600;
let deployment: TestDeployment;
beforeAll(async () => {
  deployment = await startDeployment(
    anEnvironment({
      pools: {
        payments: aPool({
          clients: {
            'report-viewer': aClient({ owner: 'insights', scopes: ['orders/read'] }),
            'billing-worker': aClient(),
          },
        }),
        shipping: aPool({ domainPrefix: 'acme-test-shipping' }),
      },
    }),
  );
  await deployment.put(
    anOverride({
      userPoolId: 'eu-central-1_Local0001',
      clientId: deployment.clientId('payments', 'billing-worker'),
      revision: 7,
      claims: {
        tier: { value: 'free', expiresAt },
        'custom:role': { value: 'viewer', expiresAt: 1 },
      },
    }),
    anOverride({
      userPoolId: 'eu-central-1_Local0001',
      clientId: deployment.clientId('payments', 'report-viewer'),
      revision: 1,
      disabled: true,
    }),
  );
});
afterAll(() => deployment.close());

test('list lists every client of every pool by name', async () => {
  const { json } = await list(deployment.context(), { poolName: undefined });

  expect(json).toMatchObject({
    environment: 'test',
    sizeBudgetBytes: 4096,
    pools: [
      { pool: 'payments', clients: [{ client: 'billing-worker' }, { client: 'report-viewer' }] },
      { pool: 'shipping', clients: [{ client: 'billing-worker' }] },
    ],
  });
});

test('list shows scopes, claims, bytes, revision and next expiry of a client', async () => {
  const { json } = await list(deployment.context(), { poolName: 'payments' });

  const claims = {
    'custom:organization_id': '12345',
    'custom:role': 'admin',
    environment: 'test',
    tier: 'free',
  };
  expect(json).toMatchObject({
    pools: [
      {
        clients: [
          {
            clientId: deployment.clientId('payments', 'billing-worker'),
            owner: 'platform',
            scopes: ['orders/read', 'orders/write'],
            token: 'issued',
            claimCount: 4,
            sizeBytes: JSON.stringify(claims).length,
            overrideRevision: 7,
            nextExpiryAt: '2026-06-01T13:00:00Z',
          },
          { owner: 'insights', token: 'ERR_CLIENT_DISABLED', claimCount: 0, nextExpiryAt: null },
        ],
      },
    ],
  });
});

test.each([
  [60, 'Hidden columns: OWNER, SCOPES, CLAIMS, BYTES, OVERRIDE.'],
  [80, 'Hidden columns: SCOPES, CLAIMS, BYTES.'],
  [120, undefined],
])(
  'list renders a table that fits %i columns and cuts no name and no time',
  async (width, note) => {
    const { text } = await list(deployment.context(), { poolName: 'payments' });

    const lines = text(createStyle({ width, hasColours: false })).split('\n');

    expect(lines[0]).toBe('payments  eu-central-1_Local0001  2 clients');
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(width);
    expect(lines).toContainEqual(expect.stringMatching(/^billing-worker .* 2026-06-01T13:00:00Z$/));
    expect(lines).toContainEqual(expect.stringMatching(/^report-viewer .*ERR_CLIENT_DISABLED/));
    expect(lines.find((line) => line.startsWith('Hidden columns'))).toBe(note);
  },
);

test('an unknown pool is an error that lists the known ones', async () => {
  await expect(list(deployment.context(), { poolName: 'nope' })).rejects.toMatchObject({
    code: 'ERR_POOL_UNKNOWN',
    message: expect.stringContaining('payments, shipping'),
    next: { m2m: 'list' },
  });
});

test.each([
  ['an owner', { owner: 'insights' }, ['report-viewer']],
  ['another owner', { owner: 'nobody' }, []],
  ['overridden ones', { isOverridden: true }, ['billing-worker', 'report-viewer']],
  ['denied ones', { isDenied: true }, ['report-viewer']],
  ['overridden ones of an owner', { isOverridden: true, owner: 'platform' }, ['billing-worker']],
])('list lists the clients of a filter only: %s', async (_case, filter, expected) => {
  const { json } = await list(deployment.context(), { poolName: undefined, ...filter });

  const { pools } = json as { pools: { clients: { client: string }[] }[] };
  expect(pools.flatMap(({ clients }) => clients.map(({ client }) => client))).toEqual(expected);
});

test('list lists worker-2 before worker-10', async () => {
  const names = ['worker-10', 'worker-2', 'worker-1'];
  const clients = Object.fromEntries(names.map((name) => [name, aClient()]));
  const other = await startDeployment(anEnvironment({ pools: { payments: aPool({ clients }) } }));

  const { json } = await list(other.context(), { poolName: undefined });

  await other.close();
  expect(json).toMatchObject({
    pools: [{ clients: [{ client: 'worker-1' }, { client: 'worker-2' }, { client: 'worker-10' }] }],
  });
});

describe('parameters that name another pool', () => {
  const userPoolId = 'eu-central-1_Local0002';
  beforeAll(() => deployment.put(poolSettings({ userPoolId, poolName: 'payments' })));
  afterAll(() => deployment.put(poolSettings({ userPoolId, poolName: 'shipping' })));

  test.each([
    ['list', () => list(deployment.context(), { poolName: 'shipping' })],
    ['who', () => who(deployment.context(), { claim: 'tier', poolName: 'shipping' })],
    ['plan', () => plan(deployment.context(), { poolName: 'shipping' })],
  ])('%s says so and shows nothing of that pool', async (_command, run) => {
    await expect(run()).rejects.toMatchObject({
      code: 'ERR_PARAMETER_MISMATCH',
      message: expect.stringContaining(`name user pool ${userPoolId}, which is pool "payments"`),
    });
  });
});

describe('a parameter that names another client', () => {
  const swapped = () => {
    const context = deployment.context();
    const other = deployment.clientId('payments', 'report-viewer');
    const ids = new Map([
      ['billing-worker', other],
      ['report-viewer', other],
    ]);
    return {
      ...context,
      target: {
        ...context.target,
        findClientId: async () => other,
        listClientIds: async () => ids,
      },
    };
  };

  test('a parameter that names another client is not believed by list: the table says whose record it is', async () => {
    const input = { poolName: 'payments' };

    const { json } = await list(swapped(), input);

    expect(json).toEqual((await list(deployment.context(), input)).json);
  });

  test('a parameter that names another client is not believed by plan', async () => {
    const input = { poolName: 'payments' };

    const { json } = await plan(swapped(), input);

    expect(json).toEqual((await plan(deployment.context(), input)).json);
  });
});
