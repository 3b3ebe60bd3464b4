import { anEnvironment } from '@cognito-m2m/environment/fixtures';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startDeployment, type TestDeployment } from '../../test/start-deployment.ts';
import { explain } from '../explain/explain.ts';
import { createStyle } from '../frame/output/style.ts';
import { list } from '../list/list.ts';
import { plan } from '../plan/plan.ts';
import { rotate } from '../rotation/rotate.ts';
import { token } from '../token/token.ts';
import { who } from '../who/who.ts';

const POOL_ID = 'eu-central-1_AbC123XyZ';
const claims = { environment: 'test' } as const;
const NOTHING_ASKED = { scopes: [], metadata: [] };
const plain = createStyle({ hasColours: false });

let deployment: TestDeployment;
beforeAll(async () => {
  deployment = await startDeployment(
    anEnvironment({
      pools: {
        storefront: {
          existing: { userPoolId: POOL_ID },
          clients: {
            'billing-worker': { clientId: 'billing1', description: 'Bills', claims },
            approver: {
              clientId: 'approver1',
              description: 'Approves',
              claims,
              claimsByScope: { 'orders/write': { approval_limit: 5 } },
            },
            'report-viewer': { description: 'Shows', scopes: ['orders/read'], claims },
          },
        },
      },
    }),
    { triggerBundle: import.meta.resolve('@cognito-m2m/pre-token-generation/bundle') },
  );
});
afterAll(() => deployment.close());

test('an existing pool gives tokens with its claims from only the file, under its own IDs', async () => {
  const { json, exitCode, text } = await token(deployment.context({ nowMs: Date.now() }), {
    poolName: undefined,
    clientName: undefined,
    isAll: true,
    ...NOTHING_ASKED,
  });

  expect(deployment.cognito.pools[0]?.userPoolId).toBe(POOL_ID);
  expect(exitCode).toBe(0);
  expect(json).toMatchObject({
    tokens: [
      {
        clientId: 'billing1',
        isExisting: true,
        result: 'same',
        scopes: ['existing/any'],
        claims,
      },
      {
        clientId: 'approver1',
        result: 'same',
        scopes: ['orders/write'],
        claims: { ...claims, approval_limit: 5 },
      },
      {
        client: 'report-viewer',
        isExisting: false,
        result: 'same',
        scopes: ['orders/read'],
        claims,
      },
    ],
  });
  expect(text(plain)).toContain('storefront / billing-worker (existing)  token verified');
  expect(text(plain)).toContain('storefront / report-viewer  token verified');
});

test.each([
  ['billing-worker', true, 'storefront / billing-worker (existing): no rotation is under way.'],
  ['report-viewer', false, 'storefront / report-viewer: no rotation is under way.'],
])('rotate says of %s whether it exists already', async (clientName, isExisting, shown) => {
  const { json, text } = await rotate(deployment.context(), {
    poolName: 'storefront',
    clientName,
    isStatus: true,
    isWaiting: false,
    isForReaders: false,
    isConfirmed: false,
    isGraceSkipped: false,
    graceSeconds: 3600,
    minimumAgeSeconds: 0,
  });

  expect(json).toMatchObject({ client: clientName, isExisting, phase: 'idle' });
  expect(text(plain)).toContain(shown);
});

test('list says what exists already, with scopes of the API where the file has none', async () => {
  const { json, text } = await list(deployment.context(), { poolName: 'storefront' });

  expect(json).toMatchObject({
    pools: [
      {
        isExisting: true,
        unknownClients: 'issue-without-claims',
        clients: [
          { client: 'approver', kind: 'existing', scopes: ['orders/write'] },
          { client: 'billing-worker', kind: 'existing', scopes: ['existing/any'] },
          { client: 'report-viewer', kind: 'ours', scopes: ['orders/read'] },
        ],
      },
    ],
  });
  expect(text(plain)).toMatch(/storefront {2}\S+ {2}existing pool, 3 clients/);
  expect(text(plain)).toContain('billing-worker (existing)');
});

test('explain says that a client exists already, and who finds it', async () => {
  const context = deployment.context();

  const explained = await explain(context, {
    poolName: 'storefront',
    clientName: 'approver',
    at: undefined,
    ...NOTHING_ASKED,
  });
  const found = await who(context, { claim: 'approval_limit', poolName: undefined });

  expect(explained.json).toMatchObject({ isExisting: true, token: 'issued' });
  expect(explained.text(plain)).toContain('approver1 (existing)');
  expect(found.json).toMatchObject({
    carriers: [{ client: 'approver', isExisting: true, value: 5 }],
  });
  expect(found.text(plain)).toContain('approver (existing)');
});

test('plan of what is deployed changes nothing', async () => {
  const { json } = await plan(deployment.context(), { poolName: 'storefront' });

  expect(json).toMatchObject({
    isSame: true,
    pools: [{ isExisting: true, missingClients: [], shutOut: [] }],
  });
});
