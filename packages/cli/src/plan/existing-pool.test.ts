import { contract } from '@cognito-m2m/claim-schema/fixtures';
import { validateEnvironment } from '@cognito-m2m/environment';
import { anEnvironment } from '@cognito-m2m/environment/fixtures';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { awsError, createFakeAws, TRIGGER_CONFIGURATION } from '../../test/fake-aws.ts';
import { startDeployment, type TestDeployment } from '../../test/start-deployment.ts';
import { createStyle } from '../frame/terminal.ts';
import { plan } from './plan.ts';

const plain = createStyle({ hasColours: false });

let deployment: TestDeployment;
beforeAll(async () => {
  deployment = await startDeployment(anEnvironment());
});
afterAll(() => deployment.close());

const USER_POOL_ID = 'eu-central-1_AbC123XyZ';

/**
 * Plans a first deploy to a pool of another owner that has these app clients, by ID and flow.
 *
 * @param pool - What Amazon Cognito says of the pool; an error is thrown.
 */
async function planFor(
  appClients: { readonly [clientId: string]: string },
  { unknownClients, pool = { UserPoolTier: 'PLUS' } }: PlanChanges = {},
) {
  const storefront = {
    existing: { userPoolId: USER_POOL_ID },
    ...(unknownClients && { unknownClients }),
    clients: {
      billing: {
        clientId: 'billing1',
        description: 'Bills',
        claims: { environment: 'test' },
        claimsByScope: { 'orders/write': { approval_limit: 5 } },
      },
    },
  };
  const environment = validateEnvironment(contract, anEnvironment({ pools: { storefront } }));
  const context = deployment.context({ environment });
  const aws = createFakeAws(context.target, {
    GetFunctionConfiguration: TRIGGER_CONFIGURATION,
    DescribeUserPool: pool instanceof Error ? pool : { UserPool: pool },
    DescribeUserPoolClient: ({ ClientId }: { ClientId: string }) => {
      const flow = appClients[ClientId];
      if (flow === undefined) throw awsError('ResourceNotFoundException');
      return {
        UserPoolClient: { AllowedOAuthFlows: [flow], AllowedOAuthScopes: ['orders/write'] },
      };
    },
    ListUserPoolClients: {
      UserPoolClients: Object.keys(appClients).map((ClientId) => ({
        ClientId,
        ClientName: `name of ${ClientId}`,
      })),
    },
  });
  const openSecretClients = async () => aws.target.clients;
  const target = { ...aws.target, openSecretClients };
  const { json, text } = await plan({ ...context, target }, { poolName: 'storefront' });
  const described = aws.operations.filter((name) => name === 'DescribeUserPoolClient').length;
  return { json, text: text(plain), described };
}

interface PlanChanges {
  readonly unknownClients?: 'deny';
  readonly pool?: object;
}

test('plan takes the scopes of a client of another owner from the API', async () => {
  const { json, text } = await planFor({ billing1: 'client_credentials' });

  expect(json).toMatchObject({
    pools: [
      {
        isExisting: true,
        isDeployed: false,
        missingClients: [],
        problems: [],
        shutOut: [],
        clients: [{ client: 'billing', after: { scopes: ['orders/write'] } }],
      },
    ],
  });
  expect(text).toContain('storefront (existing, not deployed yet)');
});

test('plan names a client that the pool does not have', async () => {
  const { json, text } = await planFor({ other: 'client_credentials' });

  expect(json).toMatchObject({
    isSame: false,
    pools: [{ missingClients: [{ client: 'billing', clientId: 'billing1' }] }],
  });
  expect(text).toContain('! billing: the pool has no app client billing1. Correct its clientId.');
});

test('plan names a client that may not use client_credentials', async () => {
  const { json, text } = await planFor({ billing1: 'code' });

  expect(json).toMatchObject({ isSame: false, pools: [{ problems: [{ subject: 'billing' }] }] });
  expect(text).toContain('! billing: App client billing1 may not use client_credentials');
  expect(text).toContain("Ask the client's owner for the flow");
});

test.each<[string, object, string]>([
  ['a plan without triggers for machines', { UserPoolTier: 'LITE' }, 'The feature plan is LITE'],
  ['no such user pool', awsError('ResourceNotFoundException'), 'There is no such user pool.'],
])('plan names %s, with the next step', async (_what, pool, what) => {
  const { json, text } = await planFor({ billing1: 'client_credentials' }, { pool });

  expect(json).toMatchObject({ isSame: false, pools: [{ problems: [{ subject: USER_POOL_ID }] }] });
  expect(text).toContain(`! ${USER_POOL_ID}: ${what}`);
  expect(text).toMatch(/Ask the pool's owner|Correct existing\.userPoolId/);
});

test('plan says what it was not allowed to look at', async () => {
  const pool = awsError('AccessDeniedException');

  const { json } = await planFor({ billing1: 'client_credentials' }, { pool });

  expect(json).toMatchObject({
    pools: [{ problems: [] }],
    notChecked: [`plan of user pool ${USER_POOL_ID}: not allowed to read it`],
  });
});

test('plan of a file that names another user pool says to detach the one before', async () => {
  const former = deployment.cognito.pools[0]?.userPoolId ?? '';
  const clients = {
    worker: { clientId: 'worker1', description: 'Bills', claims: { environment: 'test' } },
  };
  const payments = { existing: { userPoolId: USER_POOL_ID }, clients };
  const environment = validateEnvironment(contract, anEnvironment({ pools: { payments } }));

  const { json, text } = await plan(deployment.context({ environment }), { poolName: 'payments' });

  expect(json).toMatchObject({ pools: [{ isDeployed: false, clients: [{ status: 'added' }] }] });
  expect(text(plain)).toContain(`! payments: User pool ${former} is deployed under this name`);
  expect(text(plain)).toContain('m2m detach payments --env test');
});

test('plan lists whom deny shuts out: clients for machines that nobody declares', async () => {
  const clients = { billing1: 'client_credentials', audit: 'client_credentials', web: 'code' };

  const denied = await planFor(clients, { unknownClients: 'deny' });
  const passed = await planFor(clients);

  expect(denied.json).toMatchObject({
    pools: [{ shutOut: [{ client: 'name of audit', clientId: 'audit' }] }],
  });
  expect(denied.text).toContain(
    "! 1 client of the pool without a declaration will get no token (unknownClients: 'deny'): name of audit",
  );
  expect(passed.json).toMatchObject({ pools: [{ shutOut: [] }] });
});

test('plan of a pool with 1,000 clients costs what the declared ones cost', async () => {
  const others = Array.from({ length: 999 }, (_, index) => [`c${index}`, 'client_credentials']);
  const clients = { billing1: 'client_credentials', ...Object.fromEntries(others) };

  const denied = await planFor(clients, { unknownClients: 'deny' });

  expect((await planFor(clients)).described).toBe(1);
  expect(denied.described).toBe(1);
  expect(denied.text).toContain('! 999 clients of the pool');
  expect(denied.text).toContain('and 994 more');
});
