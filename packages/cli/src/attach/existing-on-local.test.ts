import { anEnvironment } from '@cognito-m2m/environment/fixtures';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createFakeAws } from '../../test/fake-aws.ts';
import { startDeployment, type TestDeployment } from '../../test/start-deployment.ts';
import { secretEntryOf } from '../deployment/aws-target.ts';
import { explain } from '../explain/explain.ts';
import { createStyle } from '../frame/terminal.ts';
import { handover } from '../handover/handover.ts';
import { history } from '../history/history.ts';
import { list } from '../list/list.ts';
import { overrideCommands } from '../override/commands.ts';
import { plan } from '../plan/plan.ts';
import { rotate } from '../rotation/rotate.ts';
import { token } from '../token/token.ts';
import { who } from '../who/who.ts';

const { disable, set } = overrideCommands;

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
            'billing-worker': {
              clientId: 'billing1',
              secretId: 'storefront/billing',
              description: 'Bills',
              claims,
            },
            approver: {
              clientId: 'approver1',
              description: 'Approves',
              claims,
              claimsByScope: { 'orders/write': { approval_limit: 5 } },
            },
            'report-viewer': { description: 'Shows', scopes: ['orders/read'], claims },
          },
        },
        payments: {
          domainPrefix: 'acme-test-payments',
          resourceServers: { orders: { name: 'Orders', scopes: { read: 'Read orders' } } },
          clients: { own: { description: 'Pays', scopes: ['orders/read'], claims } },
        },
      },
    }),
    { triggerBundle: import.meta.resolve('@cognito-m2m/pre-token-generation/bundle') },
  );
});
afterAll(() => deployment.close());

test('an existing pool gives tokens with its claims from only the file, under its own IDs', async () => {
  const { json, exitCode, text } = await token(deployment.context({ nowMs: Date.now() }), {
    poolName: 'storefront',
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
  expect(explained.text(plain)).toContain('storefront / approver (existing)  approver1');
  expect(found.json).toMatchObject({
    carriers: [{ client: 'approver', isExisting: true, value: 5 }],
  });
  expect(found.text(plain)).toContain('approver (existing)');
});

/** A client that its owner has, one that we add to their pool, and one of a pool of ours. */
const KINDS: [pool: string, client: string, isExisting: boolean, shown: string][] = [
  ['storefront', 'billing-worker', true, 'storefront / billing-worker (existing)'],
  ['storefront', 'report-viewer', false, 'storefront / report-viewer'],
  ['payments', 'own', false, 'payments / own'],
];

describe.each(KINDS)('of %s / %s', (poolName, clientName, isExisting, shown) => {
  const named = { pool: poolName, client: clientName, isExisting };
  const place = { poolName, clientName };
  const change = { ...place, reason: 'a test', isConfirmed: true };

  test('set, disable and history say whether the client exists already', async () => {
    const context = deployment.context();

    const empty = await history(context, place);
    const changed = await set(context, {
      ...change,
      claims: ['tier=free'],
      expiresIn: undefined,
    });
    const disabled = await disable(context, change);
    const revisions = await history(context, place);

    for (const { json } of [empty, changed, disabled, revisions])
      expect(json).toMatchObject({ ...named, clientId: expect.any(String) });
    expect(changed.text(plain)).toContain(`Wrote revision 1 of ${shown}.`);
    expect(disabled.text(plain)).toContain(`Wrote revision 2 of ${shown}.`);
    expect(empty.text(plain).split('\n')[0]).toMatch(`${shown}  `);
    expect(revisions.text(plain).split('\n')[0]).toMatch(`${shown}  `);
  });

  test('set asks about the client by the same name', async () => {
    const questions: string[] = [];
    const confirm = async (_text: string, question: string) => {
      questions.push(question);
      return false;
    };

    await set(deployment.context({ prompt: { confirm } }), {
      ...change,
      isConfirmed: false,
      claims: ['tier=premium'],
      expiresIn: undefined,
    });

    expect(questions).toEqual([expect.stringContaining(` of ${shown} to test on `)]);
  });

  test('handover says whose secret it is', async () => {
    const context = deployment.context();
    const aws = createFakeAws(context.target, {
      ListSecretVersionIds: { ARN: 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:s' },
      DescribeUserPoolClient: {
        UserPoolClient: { AllowedOAuthScopes: ['orders/read'], AccessTokenValidity: 2 },
      },
    });
    const target = {
      ...aws.target,
      openSecretClients: async () => aws.target.clients,
      secretEntryOf: (pool: string, client: string) =>
        secretEntryOf(deployment.environment, pool, client),
    };

    const { json, text } = await handover({ ...context, target }, place);

    expect(json).toMatchObject({
      ...named,
      scopes: ['orders/read'],
      accessTokenMinutes: isExisting ? 120 : 60,
      secret: {
        name: isExisting ? 'storefront/billing' : `m2m/test/${poolName}/${clientName}/credentials`,
        keyAlias: isExisting ? null : 'alias/m2m-test',
      },
    });
    expect(text(plain)).toContain(`# ${shown} in test`);
    expect(text(plain).includes('kms:ResourceAliases')).toBe(!isExisting);
    expect(text(plain).includes('The owner of the app client decides')).toBe(isExisting);
  });
});

test('plan says of each client that changes whether it exists already', async () => {
  const { pools, ...others } = deployment.environment;
  const environment = {
    ...others,
    pools: pools.map((pool) => ({
      ...pool,
      clients: pool.clients
        .filter(({ name }) => name !== 'approver')
        .map((client) => ({ ...client, owner: 'somebody else' })),
    })),
  };

  const { json, text } = await plan(deployment.context({ environment }), { poolName: undefined });

  expect(json).toMatchObject({
    pools: [
      {
        clients: [
          { client: 'approver', status: 'removed' },
          { client: 'billing-worker', isExisting: true },
          { client: 'report-viewer', isExisting: false },
        ],
      },
      { clients: [{ client: 'own', isExisting: false }] },
    ],
  });
  expect(text(plain)).toContain('billing-worker (existing), report-viewer');
});

test('plan of what is deployed changes nothing', async () => {
  const { json } = await plan(deployment.context(), { poolName: 'storefront' });

  expect(json).toMatchObject({
    isSame: true,
    pools: [{ isExisting: true, missingClients: [], shutOut: [] }],
  });
});
