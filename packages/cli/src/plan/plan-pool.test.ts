import type { Contract, OverrideRecord, SettingsRecord } from '@cognito-m2m/claim-schema';
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
import { describe, expect, test } from '@jest/globals';
import { isPoolUnchanged } from './plan.ts';
import type { RuleSides } from './plan-client.ts';
import { planPool } from './plan-pool.ts';

const userPoolId = 'eu-central-1_Test00001';
const declaredRules = { contract, sizeBudgetBytes: 4096 };
const rules: RuleSides = {
  deployed: { isOfContract: true, sizeBudgetBytes: 4096 },
  declared: declaredRules,
};

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
    const clientId = client.clientId ?? `${client.name}-id`;
    return { clientId, baseline: toBaselineRecord(pool, client, { userPoolId, clientId }) };
  });
}

/** Plans a file against a deploy of another one. */
function planFrom(
  before: Pool,
  declared: Pool,
  changes: {
    settings?: Partial<SettingsRecord>;
    others?: readonly ListedClient[];
    override?: OverrideRecord;
    rules?: RuleSides;
  } = {},
) {
  const { override } = changes;
  const deployed = deploy(before).map((client) => (override ? { ...client, override } : client));
  const clients = [...deployed, ...(changes.others ?? [])];
  const listing = {
    settings: { ...toSettingsRecord(before, userPoolId), ...changes.settings },
    clients: new Map(clients.map((client) => [client.clientId, client])),
    invalidItems: [],
  };
  return planPool({
    declared,
    deployed: { userPoolId, listing },
    now: 1_780_000_000,
    rules: changes.rules ?? rules,
  });
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

test('another clientId of an existing client takes the claims from one app client and gives them to another', () => {
  const declareTheirs = (clientId: string) => {
    const client = { clientId, description: 'Bills', claims: { environment: 'test' as const } };
    const payments = {
      existing: { userPoolId: 'eu-central-1_AbC123XyZ' },
      clients: { worker: client },
    };
    const [pool] = validateEnvironment(contract, anEnvironment({ pools: { payments } })).pools;
    if (pool === undefined) throw new Error('the environment has a pool');
    return pool;
  };

  const same = planFrom(declareTheirs('worker1'), declareTheirs('worker1'));
  const other = planFrom(declareTheirs('worker1'), declareTheirs('another1'));

  expect(same).toMatchObject({ clients: [], unchangedCount: 1 });
  expect(other).toMatchObject({
    clients: [
      { client: 'worker', status: 'added' },
      { client: 'worker', clientId: 'worker1', status: 'removed' },
    ],
    unchangedCount: 0,
  });
});

test('another order of declared scopes changes nothing', () => {
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

  expect(plan.strayOverrides).toEqual([{ clientId: 'gone-id', revision: 3, disabled: false }]);
  expect(isPoolUnchanged(plan)).toBe(true);
});

describe('a deploy that takes tokens away is a change, although the table holds what the file says:', () => {
  const pool = declare({});
  const withoutTier = Object.fromEntries(
    Object.entries(contract).filter(([name]) => name !== 'tier'),
  ) as Contract;
  const withRequired: Contract = {
    ...contract,
    region: { type: 'string', description: 'Where it runs.', required: true },
  };
  const override = anOverride({ claims: { tier: { value: 'free' } } });

  test.each<[string, Parameters<typeof planFrom>[2], string]>([
    [
      'a lowered size budget',
      { rules: { ...rules, declared: { ...declaredRules, sizeBudgetBytes: 20 } } },
      'ERR_CLAIMS_TOO_LARGE',
    ],
    [
      'a claim that leaves the contract while an override holds it',
      {
        override,
        rules: {
          deployed: { isOfContract: false, sizeBudgetBytes: 4096 },
          declared: { ...declaredRules, contract: withoutTier },
        },
      },
      'ERR_CLAIMS_OFF_CONTRACT',
    ],
    [
      'a claim that becomes required',
      {
        rules: {
          deployed: { isOfContract: false, sizeBudgetBytes: 4096 },
          declared: { ...declaredRules, contract: withRequired },
        },
      },
      'ERR_CLAIMS_REQUIRED',
    ],
    [
      'a claim that becomes required, on a target whose trigger cannot be asked',
      {
        rules: {
          deployed: { isOfContract: undefined, sizeBudgetBytes: undefined },
          declared: { ...declaredRules, contract: withRequired },
        },
      },
      'ERR_CLAIMS_REQUIRED',
    ],
  ])('%s', (_case, changes, code) => {
    const plan = planFrom(pool, pool, changes);

    expect(isPoolUnchanged(plan)).toBe(false);
    expect(plan.clients).toMatchObject([
      {
        client: 'billing-worker',
        status: 'changed',
        before: { token: 'issued' },
        after: { token: code },
        outcomes: [{ before: 'issued', after: code }],
        fields: [],
      },
    ]);
  });

  test.each<[string, RuleSides['deployed']]>([
    ['the same rules', { isOfContract: true, sizeBudgetBytes: 4096 }],
    ['rules that cannot be asked for', { isOfContract: undefined, sizeBudgetBytes: undefined }],
    ['a larger budget', { isOfContract: true, sizeBudgetBytes: 5000 }],
  ])('%s take none away', (_case, deployed) => {
    const plan = planFrom(pool, pool, { rules: { ...rules, deployed } });

    expect(plan.clients).toEqual([]);
  });
});

test('a raised budget that gives a token back is a change', () => {
  const pool = declare({});

  const plan = planFrom(pool, pool, {
    rules: { ...rules, deployed: { isOfContract: true, sizeBudgetBytes: 20 } },
  });

  expect(plan.clients).toMatchObject([
    { outcomes: [{ before: 'ERR_CLAIMS_TOO_LARGE', after: 'issued' }] },
  ]);
});

test('a disabled client that goes is named, because what takes its name is enabled', () => {
  const before = declare({});
  const [client] = before.clients;
  const after = { ...before, clients: client ? [{ ...client, name: 'renamed' }] : [] };

  const plan = planFrom(before, after, { override: anOverride({ revision: 3, disabled: true }) });

  expect(plan.disabledRemoved).toEqual([
    { client: 'billing-worker', clientId: 'billing-worker-id', revision: 3 },
  ]);
});

test.each([
  ['none', undefined, 0],
  ['an empty one', anOverride({ claims: {} }), 0],
  ['one with claims', anOverride({ claims: { tier: { value: 'free' } } }), 1],
  ['one that disables', anOverride({ claims: {}, disabled: true }), 1],
])('clients with overrides are counted: %s', (_case, override, expected) => {
  const pool = declare({});

  const plan = planFrom(pool, pool, override ? { override } : {});

  expect(plan.overriddenCount).toBe(expected);
});
