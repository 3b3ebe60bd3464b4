import { anOverride } from '@cognito-m2m/claim-schema/testing';
import { validateEnvironment } from '@cognito-m2m/environment';
import { aClient, anEnvironment, aPool } from '@cognito-m2m/environment/fixture';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createStyle } from '../../output/style.ts';
import { startDeployment, type TestDeployment } from '../../testing/start-deployment.ts';
import { type TokenInput, token } from './token.ts';

const TRIGGER_BUNDLE = import.meta.resolve('@cognito-m2m/pre-token-generation/bundle');
const USER_POOL_ID = 'eu-central-1_Local0001';
const style = createStyle({ hasColours: false });
const INPUT = anEnvironment({
  // The table is read for every token, so that a change shows at once.
  trigger: { cacheSeconds: 0, maxStaleSeconds: 0 },
  pools: {
    payments: aPool({
      clients: {
        'billing-worker': aClient({ claimsByScope: { 'orders/write': { approval_limit: 1 } } }),
        'report-viewer': aClient({
          scopes: ['orders/read'],
          addScopes: ['orders/write'],
          claimsFromMetadata: {
            tenant_id: { key: 'tenant', allow: ['t-1', 't-2'], required: true },
          },
        }),
        stopped: aClient(),
      },
    }),
  },
});

let deployment: TestDeployment;
beforeAll(async () => {
  deployment = await startDeployment(INPUT, { triggerBundle: TRIGGER_BUNDLE });
  const clientId = deployment.clientId('payments', 'stopped');
  await deployment.put(anOverride({ userPoolId: USER_POOL_ID, clientId, disabled: true }));
});
afterAll(() => deployment.close());

function run(changes: Partial<TokenInput> = {}, environment = deployment.environment) {
  const input = { poolName: 'payments', clientName: 'billing-worker', isAll: false };
  return token(deployment.context({ environment, nowMs: Date.now() }), {
    ...input,
    scopes: [],
    metadata: [],
    ...changes,
  });
}

describe('one client', () => {
  test('whose token is as explain shows: exit 0', async () => {
    const { json, exitCode, text } = await run();

    expect(exitCode).toBe(0);
    expect(json).toMatchObject({
      isSame: true,
      tokens: [
        {
          result: 'same',
          token: 'issued',
          scopes: ['orders/read', 'orders/write'],
          claims: { approval_limit: 1, tier: 'premium' },
          diff: [],
        },
      ],
    });
    expect(text(style)).toContain('1 of 1 as m2m explain shows.');
  });

  test('with metadata and an added scope', async () => {
    const { json } = await run({ clientName: 'report-viewer', metadata: ['tenant=t-2'] });

    expect(json).toMatchObject({
      tokens: [
        {
          result: 'same',
          scopes: expect.arrayContaining(['orders/read', 'orders/write']),
          claims: { tenant_id: 't-2' },
        },
      ],
    });
  });

  test.each([
    ['report-viewer', 'ERR_METADATA_REQUIRED'],
    ['stopped', 'ERR_CLIENT_DISABLED'],
  ])(
    '%s that is refused for the cause that explain shows is the same: exit 0',
    async (clientName, code) => {
      const { json, exitCode } = await run({ clientName });

      expect(exitCode).toBe(0);
      expect(json).toMatchObject({ tokens: [{ result: 'same', token: code, claims: {} }] });
    },
  );

  test('never prints the token or the secret', async () => {
    const { json, text } = await run();

    const printed = JSON.stringify(json) + text(style);
    const [pool] = deployment.cognito.pools;
    expect(printed).not.toMatch(/eyJ/);
    expect(printed).not.toContain(pool?.clients[0]?.clientSecret);
  });

  test('whose rules differ from the deployed ones is different: exit 2', async () => {
    const environment = validateEnvironment({ ...INPUT, trigger: { sizeBudgetBytes: 256 } });
    const clientId = deployment.clientId('payments', 'billing-worker');
    const claims = {
      permissions: { value: Array.from({ length: 40 }, (_, index) => `p-${index}`) },
    };
    await deployment.put(anOverride({ userPoolId: USER_POOL_ID, clientId, revision: 1, claims }));

    const { json, exitCode, text } = await run({}, environment);

    await deployment.put(anOverride({ userPoolId: USER_POOL_ID, clientId, revision: 2 }));
    expect(exitCode).toBe(2);
    expect(json).toMatchObject({
      isSame: false,
      tokens: [{ outcome: { expected: 'ERR_CLAIMS_TOO_LARGE', actual: 'issued' } }],
    });
    expect(text(style)).toContain('explain shows ERR_CLAIMS_TOO_LARGE');
  });

  test('without its name is an error that names --all', async () => {
    await expect(run({ clientName: undefined })).rejects.toMatchObject({
      code: 'ERR_ARGUMENT_INVALID',
      next: { m2m: 'token --all' },
    });
  });
});

test('all clients are tested, each with what it must send', async () => {
  const { json, exitCode, text } = await run({ isAll: true, poolName: undefined });

  expect(exitCode).toBe(0);
  expect(json).toMatchObject({
    tokens: [
      { client: 'billing-worker', result: 'same', token: 'issued' },
      { client: 'report-viewer', result: 'same', token: 'issued' },
      { client: 'stopped', result: 'same', token: 'ERR_CLIENT_DISABLED' },
    ],
  });
  expect(text(style)).toContain('✓ payments / stopped  no token (ERR_CLIENT_DISABLED)');
});
