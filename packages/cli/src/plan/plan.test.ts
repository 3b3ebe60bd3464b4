import { readFile } from 'node:fs/promises';
import { contract } from '@cognito-m2m/claim-schema/fixtures';
import { anOverride, poolSettings } from '@cognito-m2m/claim-schema/testing';
import {
  type EnvironmentInput,
  type PoolInput,
  toSettingsRecord,
  validateEnvironment,
} from '@cognito-m2m/environment';
import { aClient, anEnvironment, aPool } from '@cognito-m2m/environment/fixtures';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { awsError, createFakeAws, TRIGGER_CONFIGURATION } from '../../test/fake-aws.ts';
import { startDeployment, type TestDeployment } from '../../test/start-deployment.ts';
import { createStyle } from '../frame/terminal.ts';
import { plan } from './plan.ts';
import type { PlanJson } from './plan-json.ts';

const TENANT = { tenant_id: { key: 'tenant', allow: ['t-1'], required: true } };
let deployment: TestDeployment;
beforeAll(async () => {
  deployment = await startDeployment(
    withPool({
      clients: {
        'billing-worker': aClient({ claimsByScope: { 'orders/write': { approval_limit: 1 } } }),
        'report-viewer': aClient({ claimsFromMetadata: TENANT }),
      },
    }),
  );
});
afterAll(() => deployment.close());

function withPool(pool: Partial<PoolInput>): EnvironmentInput {
  return anEnvironment({ pools: { payments: aPool(pool) } });
}

/** Plans a changed file against what was deployed. */
async function planClients(
  clients: PoolInput['clients'],
): Promise<{ json: PlanJson; exitCode: number; text: string }> {
  const environment = validateEnvironment(contract, withPool({ clients }));
  const result = await plan(deployment.context({ environment }), { poolName: undefined });
  const text = result.text(createStyle({ hasColours: false }));
  return { json: result.json as PlanJson, exitCode: result.exitCode ?? 0, text };
}

const billing = aClient({ claimsByScope: { 'orders/write': { approval_limit: 1 } } });
const report = aClient({ claimsFromMetadata: TENANT });

test('the file that was deployed changes nothing: exit 0', async () => {
  const { json, exitCode, text } = await planClients({
    'report-viewer': report,
    'billing-worker': billing,
  });

  expect(json).toMatchObject({ isSame: true, counts: { unchanged: 2 }, pools: [{ clients: [] }] });
  expect(exitCode).toBe(0);
  expect(text).toBe('No changes: the tokens of 2 clients are as the file says.');
});

describe('a changed client', () => {
  test('a changed client shows claims added, removed and changed, and the bytes: exit 2', async () => {
    const claims = { 'custom:organization_id': '12345', tier: 'free', permissions: ['a'] } as const;

    const { json, exitCode, text } = await planClients({
      'billing-worker': { ...billing, claims },
      'report-viewer': report,
    });

    expect(exitCode).toBe(2);
    expect(json.counts).toEqual({ added: 0, changed: 1, removed: 0, unchanged: 1 });
    expect(json.pools[0]?.clients).toMatchObject([
      {
        client: 'billing-worker',
        status: 'changed',
        before: { token: 'issued', sizeBytes: expect.any(Number) },
        diff: [
          { name: 'custom:role', change: 'removed', before: 'admin' },
          { name: 'permissions', change: 'added', after: ['a'] },
          { name: 'tier', change: 'changed', before: 'premium', after: 'free' },
        ],
        fields: ['claims'],
      },
    ]);
    expect(text).toContain('~ tier "premium" → "free"');
  });

  test('a changed client tells a claim of one scope from one of every token', async () => {
    const claimsByScope = {
      'orders/read': { approval_limit: 2 },
      'orders/write': { approval_limit: 1 },
    };

    const { json } = await planClients({
      'billing-worker': { ...billing, claimsByScope },
      'report-viewer': report,
    });

    expect(json.pools[0]?.clients[0]?.diff).toEqual([
      { name: 'approval_limit', change: 'added', after: 2, when: 'only scope orders/read' },
    ]);
  });

  test('a changed client tells a claim of one metadata value', async () => {
    const tenants = { tenant_id: { key: 'tenant', allow: ['t-1', 't-2'], required: true } };

    const { json } = await planClients({
      'billing-worker': billing,
      'report-viewer': { ...report, claimsFromMetadata: tenants },
    });

    const [diff] = json.pools[0]?.clients[0]?.diff.filter(({ after }) => after === 't-2') ?? [];
    expect(diff).toMatchObject({ name: 'tenant_id', when: 'metadata tenant=t-2' });
  });

  test('a changed client whose tokens stay the same names the fields of its record', async () => {
    const { json, exitCode, text } = await planClients({
      'billing-worker': { ...billing, owner: 'finance' },
      'report-viewer': report,
    });

    expect(exitCode).toBe(2);
    expect(json.pools[0]?.clients).toMatchObject([{ diff: [], fields: ['owner'] }]);
    expect(text).toContain('record: owner');
  });

  test('a changed client whose claim an override hides shows no token change', async () => {
    const ids = {
      userPoolId: 'eu-central-1_Local0001',
      clientId: deployment.clientId('payments', 'billing-worker'),
    };
    await deployment.put(anOverride({ ...ids, revision: 1, claims: { tier: { value: 'free' } } }));

    const { json } = await planClients({
      'billing-worker': { ...billing, claims: { ...billing.claims, tier: 'free' } },
      'report-viewer': report,
    });

    await deployment.put(anOverride({ ...ids, revision: 2 }));
    expect(json.pools[0]?.clients).toMatchObject([{ diff: [], fields: ['claims'] }]);
  });
});

describe('what comes and what goes', () => {
  test('a new client has its whole token added', async () => {
    const { json, text } = await planClients({
      'billing-worker': billing,
      'report-viewer': report,
      fresh: aClient(),
    });

    const [fresh] = json.pools[0]?.clients ?? [];
    expect(fresh).toMatchObject({ client: 'fresh', status: 'added', after: { token: 'issued' } });
    expect(fresh?.before).toBeUndefined();
    expect(text).toContain('+ fresh  none →');
  });

  test('a client that the file drops has its token removed, and its own claims are named', async () => {
    const { json, text } = await planClients({ 'billing-worker': billing });

    expect(json.pools[0]).toMatchObject({
      clients: [{ client: 'report-viewer', status: 'removed' }],
      undeclaredClaims: ['tenant_id'],
    });
    expect(text).toContain('No longer declared by any client: tenant_id');
  });

  test('a pool that is not deployed is all new', async () => {
    const input = withPool({ clients: { 'billing-worker': billing, 'report-viewer': report } });
    const shipping = aPool({ domainPrefix: 'acme-test-shipping' });
    const environment = validateEnvironment(contract, {
      ...input,
      pools: { ...input.pools, shipping },
    });

    const { json } = await plan(deployment.context({ environment }), { poolName: 'shipping' });

    expect(json).toMatchObject({
      pools: [{ pool: 'shipping', isDeployed: false, clients: [{ status: 'added' }] }],
    });
  });

  test('a pool that the file drops is reported as long as it is deployed: exit 2', async () => {
    const shipping = aPool({ domainPrefix: 'acme-test-shipping' });
    const environment = validateEnvironment(contract, anEnvironment({ pools: { shipping } }));
    const context = deployment.context({ environment });

    const whole = await plan(context, { poolName: undefined });
    const one = await plan(context, { poolName: 'shipping' });

    expect(whole).toMatchObject({ exitCode: 2, json: { removedPools: ['payments'] } });
    expect(whole.text(createStyle({ hasColours: false }))).toContain(
      '- payments  deployed, but no longer in the file',
    );
    expect(one).toMatchObject({ json: { removedPools: [] } });
  });

  test.each([
    [
      'is retired first',
      false,
      'M2M_RETIRE=test npx -y pnpm@12 cdktf deploy test-pool-payments\n' +
        '    after it: M2M_RETIRE=test npx -y pnpm@12 cdktf destroy test-pool-payments\n',
    ],
    [
      'of a disposable environment is destroyed',
      true,
      'npx -y pnpm@12 cdktf destroy test-pool-payments\n',
    ],
  ])('a pool that the file drops %s', async (_case, isDisposable, commands) => {
    const shipping = aPool({ domainPrefix: 'acme-test-shipping' });
    const environment = validateEnvironment(
      contract,
      anEnvironment({ isDisposable, pools: { shipping } }),
    );

    const { text } = await plan(deployment.context({ environment }), { poolName: undefined });

    expect(text(createStyle({ hasColours: false }))).toContain(
      `    To remove it, declare it again, then: ${commands}`,
    );
  });

  test('a plan is made although the pools of an environment may not be listed, and says so', async () => {
    const context = deployment.context();
    const listPoolNames = async () => {
      throw awsError('AccessDeniedException');
    };
    const target = { ...context.target, listPoolNames };

    const { json, exitCode, text } = await plan({ ...context, target }, { poolName: undefined });

    expect(json).toMatchObject({
      isSame: true,
      removedPools: [],
      notChecked: [expect.any(String)],
    });
    expect(exitCode).toBe(0);
    expect(text(createStyle({ hasColours: false }))).toContain('Not checked: pools that the file');
  });

  test('scopes, suppressed claims and stray overrides have their lines', async () => {
    const stray = anOverride({
      userPoolId: 'eu-central-1_Local0001',
      clientId: 'gone-id',
      revision: 3,
    });
    await deployment.put(stray);

    const { text } = await planClients({
      'billing-worker': {
        ...billing,
        suppressClaims: ['custom:role'],
        suppressScopes: ['orders/read'],
      },
      'report-viewer': report,
    });

    expect(text).toContain('    - scope orders/read\n');
    expect(text).toContain('    + suppressed custom:role');
    expect(text).toContain('Override without a baseline: gone-id r3');
  });

  test('another policy for unknown clients is a change', async () => {
    const userPoolId = 'eu-central-1_Local0001';
    await deployment.put(poolSettings({ userPoolId, unknownClients: 'issue-without-claims' }));

    const { json, exitCode } = await planClients({
      'billing-worker': billing,
      'report-viewer': report,
    });

    expect(exitCode).toBe(2);
    expect(json).toMatchObject({
      isSame: false,
      pools: [{ unknownClients: { before: 'issue-without-claims', after: 'deny' } }],
    });
  });
});

describe('the rules of the deployed trigger', () => {
  const variables = TRIGGER_CONFIGURATION.Environment.Variables;

  async function planOn(changed: { readonly [variable: string]: string }) {
    const context = deployment.context();
    const Environment = { Variables: { ...variables, ...changed } };
    const { target } = createFakeAws(context.target, {
      GetFunctionConfiguration: { ...TRIGGER_CONFIGURATION, Environment },
      DescribeParameters: { Parameters: [] },
    });
    const result = await plan({ ...context, target }, { poolName: 'payments' });
    return { ...result, text: result.text(createStyle({ hasColours: false })) };
  }

  test('another deployed contract is a change: exit 2', async () => {
    const { json, exitCode, text } = await planOn({ CLAIMS_CONTRACT_DIGEST: 'another' });

    expect(exitCode).toBe(2);
    expect(json).toMatchObject({ isSame: false, rules: { isContractChanged: true } });
    expect(text).toContain('~ claim contract: the deployed trigger was built with another one.');
  });

  test('another size budget is a change: exit 2', async () => {
    const { json, exitCode, text } = await planOn({ CLAIMS_SIZE_BUDGET_BYTES: '8192' });

    expect(exitCode).toBe(2);
    expect(json).toMatchObject({ rules: { sizeBudgetBytes: { before: 8192, after: 4096 } } });
    expect(text).toContain('~ size budget: 8192 → 4096 bytes');
  });
});

test('the same change of many clients is one entry', async () => {
  const names = Array.from({ length: 7 }, (_, index) => `client-${index}`);
  const clients = Object.fromEntries(names.map((name) => [name, aClient()]));

  const { text } = await planClients({
    ...clients,
    'billing-worker': billing,
    'report-viewer': report,
  });

  expect(text).toContain(
    '+ 7 clients: client-0, client-1, client-2, client-3, client-4 and 2 more  none →',
  );
  expect(text.match(/\+ tier/g)).toHaveLength(1);
});

test('the plan that docs/m2m.md shows is what the command prints', async () => {
  const page = await readFile(new URL('../../../../docs/m2m.md', import.meta.url), 'utf8');
  const couriers = (tier: 'free' | 'premium') =>
    Object.fromEntries(
      Array.from({ length: 40 }, (_, index) => [
        `courier-${index + 1}`,
        aClient({ scopes: ['orders/read'], claims: { tier } }),
      ]),
    );
  const fleet = await startDeployment(
    withPool({ clients: { ...couriers('free'), 'old-importer': billing } }),
  );
  const changed = withPool({ clients: { ...couriers('premium'), 'price-updater': billing } });
  const environment = validateEnvironment(contract, changed);

  const { text } = await plan(fleet.context({ environment }), { poolName: undefined });

  await fleet.close();
  const [, shown] = page.split(/<!-- (?:begin|end): plan -->/);
  expect(shown?.trim()).toBe(`\`\`\`text\n${text(createStyle({ hasColours: false }))}\n\`\`\``);
});

test('a plan right after set says that an override is in force', async () => {
  const ids = {
    userPoolId: 'eu-central-1_Local0001',
    clientId: deployment.clientId('payments', 'billing-worker'),
  };
  const [pool] = deployment.environment.pools;
  if (pool === undefined) throw new Error('the environment has a pool');
  const settings = toSettingsRecord(pool, ids.userPoolId);
  await deployment.put(
    settings,
    anOverride({ ...ids, revision: 3, claims: { tier: { value: 'free' } } }),
  );

  const { exitCode, text } = await planClients({
    'billing-worker': billing,
    'report-viewer': report,
  });

  expect(exitCode).toBe(0);
  expect(text).toContain('No changes: a deploy changes the token of none of 2 clients.');
  expect(text).toContain('Overrides, which a deploy does not touch, apply to 1');
});
