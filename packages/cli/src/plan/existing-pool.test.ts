import { contract } from '@cognito-m2m/claim-schema/fixtures';
import { validateEnvironment } from '@cognito-m2m/environment';
import { anEnvironment } from '@cognito-m2m/environment/fixtures';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { awsError, createFakeAws, TRIGGER_CONFIGURATION } from '../../test/fake-aws.ts';
import { startDeployment, type TestDeployment } from '../../test/start-deployment.ts';
import { createStyle } from '../frame/output/style.ts';
import { plan } from './plan.ts';

const plain = createStyle({ hasColours: false });
let deployment: TestDeployment;
beforeAll(async () => {
  deployment = await startDeployment(anEnvironment());
});
afterAll(() => deployment.close());

/** Plans a first deploy to a pool of another owner that has these app clients, by ID and flow. */
async function planFor(
  appClients: { readonly [clientId: string]: string },
  unknownClients?: 'deny',
) {
  const storefront = {
    existing: { userPoolId: 'eu-central-1_AbC123XyZ' },
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

test('plan takes the scopes of a client of another owner from the API', async () => {
  const { json, text } = await planFor({ billing1: 'client_credentials' });

  expect(json).toMatchObject({
    pools: [
      {
        isExisting: true,
        isDeployed: false,
        missingClients: [],
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

test('plan lists whom deny shuts out: clients for machines that nobody declares', async () => {
  const clients = { billing1: 'client_credentials', audit: 'client_credentials', web: 'code' };

  const denied = await planFor(clients, 'deny');
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

  const denied = await planFor(clients, 'deny');

  expect((await planFor(clients)).described).toBe(1);
  expect(denied.described).toBe(1);
  expect(denied.text).toContain('! 999 clients of the pool');
  expect(denied.text).toContain('and 994 more');
});
