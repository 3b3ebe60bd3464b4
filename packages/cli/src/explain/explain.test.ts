import { anOverride } from '@cognito-m2m/claim-schema/testing';
import { aClient, anEnvironment, aPool } from '@cognito-m2m/environment/fixtures';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startDeployment, TEST_NOW_MS, type TestDeployment } from '../../test/start-deployment.ts';
import { createStyle } from '../frame/terminal.ts';
import { type ExplainInput, type ExplainJson, explain, renderExplain } from './explain.ts';

const NOW = TEST_NOW_MS / 1000;
const POOL_ID = 'eu-central-1_Local0001';
let deployment: TestDeployment;
beforeAll(async () => {
  deployment = await startDeployment(
    anEnvironment({
      pools: {
        payments: aPool({
          clients: {
            'billing-worker': aClient({
              claimsByScope: { 'orders/write': { approval_limit: 5000 } },
            }),
            'report-viewer': aClient({
              scopes: ['orders/read'],
              addScopes: ['orders/write'],
              claimsFromMetadata: {
                tenant_id: { key: 'tenant', allow: ['t-1', 't-2'], required: true },
              },
            }),
            'old-worker': aClient(),
            'clock-worker': aClient(),
          },
        }),
      },
    }),
  );
  const billing = {
    userPoolId: POOL_ID,
    clientId: deployment.clientId('payments', 'billing-worker'),
  };
  const tier = { value: 'free', expiresAt: NOW + 60 };
  const old = { userPoolId: POOL_ID, clientId: deployment.clientId('payments', 'old-worker') };
  await deployment.put(
    anOverride({
      ...billing,
      revision: 1,
      claims: { tier },
      updatedBy: 'alice',
      reason: 'downgrade',
    }),
    anOverride({
      ...billing,
      revision: 2,
      claims: { tier, 'custom:role': { value: 'viewer' } },
      updatedBy: 'bob',
      reason: 'audit',
      updatedAt: '2026-05-01T00:00:00.000Z',
    }),
    anOverride({ ...old, revision: 1, disabled: true, updatedBy: 'carol' }),
    anOverride({ ...old, revision: 2, disabled: true, updatedBy: 'dave' }),
  );
});
afterAll(() => deployment.close());

function run(changes: Partial<ExplainInput> = {}) {
  return explain(deployment.context(), {
    poolName: 'payments',
    clientName: 'billing-worker',
    scopes: [],
    metadata: [],
    at: undefined,
    ...changes,
  });
}

describe('a token', () => {
  test('a token shows each claim with its layer, and who set it', async () => {
    const { json } = await run();

    expect(json).toMatchObject({
      token: 'issued',
      scopes: ['orders/read', 'orders/write'],
      claims: [
        { name: 'approval_limit', value: 5000, layer: 'scope', source: 'orders/write' },
        { name: 'custom:organization_id', layer: 'baseline' },
        { name: 'custom:role', value: 'viewer', setBy: { revision: 2, updatedBy: 'bob' } },
        { name: 'environment', layer: 'default' },
        {
          name: 'tier',
          value: 'free',
          layer: 'override',
          setBy: { revision: 1, updatedBy: 'alice', reason: 'downgrade' },
          expiresAt: '2026-06-01T12:01:00Z',
        },
      ],
      sizeBudgetBytes: 4096,
    });
  });

  test('a token of fewer scopes leaves out the claims of the others', async () => {
    const { json } = await run({ scopes: ['orders/read'] });

    expect(json).toMatchObject({ scopes: ['orders/read'] });
    expect(JSON.stringify(json)).not.toContain('approval_limit');
  });

  test.each([
    ['+59s', 'free'],
    ['2026-06-01T12:01:00Z', 'premium'],
    ['2026-04-01', 'free'],
  ])('a token at %s has the claims of that moment', async (at, tier) => {
    const { json } = await run({ at });

    expect(json).toMatchObject({
      claims: expect.arrayContaining([expect.objectContaining({ name: 'tier', value: tier })]),
    });
  });

  test('a token at a moment that has passed leaves out overrides that were written later', async () => {
    const { json } = await run({ at: '2026-04-01' });

    expect(json).toMatchObject({
      claims: expect.arrayContaining([
        expect.objectContaining({ name: 'custom:role', value: 'admin', layer: 'baseline' }),
      ]),
    });
  });

  test('a token takes metadata and adds scopes as the record says', async () => {
    const { json } = await run({ clientName: 'report-viewer', metadata: ['tenant=t-2'] });

    expect(json).toMatchObject({
      scopes: ['orders/read', 'orders/write'],
      claims: expect.arrayContaining([
        { name: 'tenant_id', value: 't-2', layer: 'metadata', source: 'tenant' },
      ]),
    });
  });

  test.each([60, 80, 120])(
    'a token fits %i columns and cuts no name and no time',
    async (width) => {
      const { text } = await run();

      const lines = text(createStyle({ width, hasColours: false }))
        .split('\n')
        .slice(2, -3);

      expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(width);
      expect(lines).toContainEqual(expect.stringMatching(/^custom:organization_id /));
      expect(lines).toContainEqual(expect.stringMatching(/^tier .* 2026-06-01T12:01:00Z$/));
    },
  );

  test('a token renders as a table with the budget', async () => {
    const { text } = await run();

    const rendered = text(createStyle({ width: 120, hasColours: false }));

    expect(rendered).toContain('r1 alice: downgrade');
    expect(rendered).toMatch(/\d+ of 4096 bytes \(\d %\)/);
  });
});

test.each([
  ['reserved', 'sub of override: Amazon Cognito reserves this name'],
  ['audience', 'sub of override: Amazon Cognito only accepts the ID of the app client as audience'],
  ['scope', 'sub of override: it is not a scope of a resource server'],
  ['undeclared', 'sub of override: the pool declares no such scope'],
] as const)('a part that is dropped as %s says why', async (reason, sentence) => {
  const { json } = await run();
  const dropped = [{ name: 'sub', layer: 'override', reason }] as const;

  const rendered = renderExplain(
    { ...(json as ExplainJson), dropped },
    deployment.context().commandLine,
    createStyle({ hasColours: false }),
  );

  expect(rendered).toContain(`Dropped: ${sentence}.`);
});

describe('a denial', () => {
  test('a denial of missing metadata names the key and the next command', async () => {
    const { json, text } = await run({ clientName: 'report-viewer' });

    expect(json).toMatchObject({ token: 'ERR_METADATA_REQUIRED', subject: 'tenant', claims: [] });
    expect(text(createStyle({ hasColours: false }))).toContain('--metadata tenant=');
  });

  test('a denial of a disabled client says who disabled it first', async () => {
    const { json, text } = await run({ clientName: 'old-worker' });

    expect(json).toMatchObject({
      token: 'ERR_CLIENT_DISABLED',
      disabledBy: { revision: 1, updatedBy: 'carol' },
    });
    expect(text(createStyle({ hasColours: false }))).toContain('m2m enable payments old-worker');
  });

  test('a denial exits with 2, a token with 0', async () => {
    expect(await run({ clientName: 'old-worker' })).toMatchObject({ exitCode: 2 });
    expect(await run({ clientName: 'billing-worker' })).toMatchObject({ exitCode: 0 });
  });
});

describe('now is what the trigger reads now:', () => {
  const NOW_MS = NOW * 1000;

  test.each([
    ['half a second ago', -500],
    ['in this very second, later', 900],
    ['by a clock five minutes ahead', 300_000],
  ])('an override written %s counts', async (_case, offsetMs) => {
    const clientId = deployment.clientId('payments', 'clock-worker');
    const updatedAt = new Date(NOW_MS + offsetMs).toISOString();
    await deployment.put(
      anOverride({ userPoolId: POOL_ID, clientId, revision: 1, disabled: true, updatedAt }),
    );

    for (const at of [undefined, '+2h', new Date(NOW_MS).toISOString()]) {
      expect(await run({ clientName: 'clock-worker', at })).toMatchObject({
        json: { token: 'ERR_CLIENT_DISABLED' },
      });
    }
  });

  test('a moment of the past counts what was written in its second', async () => {
    const clientId = deployment.clientId('payments', 'clock-worker');
    const updatedAt = '2026-05-20T10:00:00.700Z';
    await deployment.put(
      anOverride({ userPoolId: POOL_ID, clientId, revision: 1, disabled: true, updatedAt }),
    );
    const at = (time: string) => run({ clientName: 'clock-worker', at: time });

    expect(await at('2026-05-20T10:00:00Z')).toMatchObject({ exitCode: 2 });
    expect(await at('2026-05-20T09:59:59Z')).toMatchObject({ exitCode: 0 });
  });
});

describe('an error', () => {
  test.each([
    ['an unknown client', { clientName: 'nope' }, 'ERR_CLIENT_NOT_FOUND'],
    ['an unknown pool', { poolName: 'nope' }, 'ERR_POOL_UNKNOWN'],
    ['a scope of others', { scopes: ['orders/delete'] }, 'ERR_ARGUMENT_INVALID'],
    ['metadata without a name', { metadata: ['=t-1'] }, 'ERR_ARGUMENT_INVALID'],
    ['a time that is none', { at: 'yesterday' }, 'ERR_ARGUMENT_INVALID'],
  ])('an error is raised for %s', async (_case, changes, code) => {
    await expect(run(changes)).rejects.toMatchObject({ code });
  });
});
