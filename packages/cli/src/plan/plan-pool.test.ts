import type { SettingsRecord } from '@cognito-m2m/claim-schema';
import { contract } from '@cognito-m2m/claim-schema/fixtures';
import { anOverride } from '@cognito-m2m/claim-schema/testing';
import type { ListedClient } from '@cognito-m2m/claims-store/lister';
import {
  type ClientInput,
  type Pool,
  toBaselineRecord,
  toSettingsRecord,
  validateEnvironment,
} from '@cognito-m2m/environment';
import { aClient, anEnvironment, aPool } from '@cognito-m2m/environment/fixtures';
import { expect, test } from '@jest/globals';
import { isPoolUnchanged, planPool } from './plan-pool.ts';

const userPoolId = 'eu-central-1_Test00001';
const rules = { contract, sizeBudgetBytes: 4096 };

/** A pool with one client. */
function declare(client: Partial<ClientInput>): Pool {
  const pools = { payments: aPool({ clients: { 'billing-worker': aClient(client) } }) };
  const [pool] = validateEnvironment(contract, anEnvironment({ pools })).pools;
  if (pool === undefined) throw new Error('the environment has a pool');
  return pool;
}

/** What the table holds after a deploy of the pool. */
function deploy(pool: Pool): ListedClient[] {
  return pool.clients.map((client) => {
    const clientId = `${client.name}-id`;
    return { clientId, baseline: toBaselineRecord(pool, client, { userPoolId, clientId }) };
  });
}

/** Plans a file against a deploy of another one. */
function planFrom(
  before: Pool,
  declared: Pool,
  changes: { settings?: Partial<SettingsRecord>; others?: readonly ListedClient[] } = {},
) {
  const clients = [...deploy(before), ...(changes.others ?? [])];
  const listing = {
    settings: { ...toSettingsRecord(before, userPoolId), ...changes.settings },
    clients: new Map(clients.map((client) => [client.clientId, client])),
    invalidItems: [],
  };
  return planPool({ declared, deployed: { userPoolId, listing }, now: 1_780_000_000, rules });
}

test('a scope that the pool begins to declare shows in the token of a client that adds it', () => {
  const pool = declare({ scopes: ['orders/read'], addScopes: ['orders/write'] });

  const plan = planFrom(pool, pool, { settings: { declaredScopes: ['orders/read'] } });

  expect(isPoolUnchanged(plan)).toBe(false);
  expect(plan).toMatchObject({
    declaredScopes: [{ name: 'orders/write', change: 'added' }],
    clients: [
      {
        client: 'billing-worker',
        before: { scopes: ['orders/read'] },
        after: { scopes: ['orders/read', 'orders/write'] },
        diff: [],
        scopes: [{ name: 'orders/write', change: 'added' }],
        fields: [],
      },
    ],
  });
});

test('a scope that the pool begins to declare is a change where no client adds it, too', () => {
  const pool = declare({});

  const plan = planFrom(pool, pool, { settings: { declaredScopes: ['orders/read'] } });

  expect(isPoolUnchanged(plan)).toBe(false);
  expect(plan).toMatchObject({ clients: [], unchangedCount: 1 });
});

test('the order of declared scopes is no change', () => {
  const pool = declare({ addScopes: ['orders/write'] });

  const plan = planFrom(pool, pool, {
    settings: { declaredScopes: ['orders/write', 'orders/read'] },
  });

  expect(isPoolUnchanged(plan)).toBe(true);
});

test.each([
  ['adds', { addScopes: ['orders/write'] }, { name: 'orders/write', change: 'added' }],
  ['suppresses', { suppressScopes: ['orders/read'] }, { name: 'orders/read', change: 'removed' }],
])('a scope that a client %s shows in its token', (_case, client, expected) => {
  const before = declare({ scopes: ['orders/read'] });
  const after = declare({ scopes: ['orders/read'], ...client });

  expect(planFrom(before, after)).toMatchObject({ clients: [{ scopes: [expected] }] });
});

test('a claim that is taken out of tokens shows with the claim that it takes', () => {
  const plan = planFrom(declare({}), declare({ suppressClaims: ['tier'] }));

  expect(plan).toMatchObject({
    clients: [
      {
        after: { suppressed: ['tier'] },
        diff: [{ name: 'tier', change: 'removed' }],
        suppressed: [{ name: 'tier', change: 'added' }],
      },
    ],
  });
});

test('overrides without a baseline are listed, and are nothing that a deploy changes', () => {
  const pool = declare({});
  const gone = { clientId: 'gone-id', override: anOverride({ clientId: 'gone-id', revision: 3 }) };

  const plan = planFrom(pool, pool, { others: [gone] });

  expect(plan.strayOverrides).toEqual([{ clientId: 'gone-id', revision: 3 }]);
  expect(isPoolUnchanged(plan)).toBe(true);
});
