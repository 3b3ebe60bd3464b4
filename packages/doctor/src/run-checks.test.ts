import { contract } from '@cognito-m2m/claim-schema/fixtures';
import {
  A_CLIENT_ID,
  aBaseline,
  anOverride,
  aTokenSelector,
} from '@cognito-m2m/claim-schema/testing';
import { describe, expect, test } from '@jest/globals';
import {
  aDeploymentView,
  aFunction,
  anAppClient,
  aTable,
  aUserPool,
  secretsOf,
  TEST_NOW_MS,
  type ViewChanges,
} from '../test/a-deployment-view.ts';
import { checkDeployment, ofOverride, TEST_LIMITS, withRecords } from '../test/check-deployment.ts';
import type { InvokePermission, PoolView } from './deployment-view.ts';

const now = TEST_NOW_MS / 1000;
const DAY = 86_400;

function aPermission(changes: Partial<InvokePermission> = {}): InvokePermission {
  return {
    statementId: 'other',
    sourceArn: poolArn,
    sourceAccount: '123456789012',
    ...changes,
  };
}

function daysAgo(days: number): number {
  return TEST_NOW_MS - days * DAY * 1000;
}

function expiringIn(seconds: number) {
  const claims = { tier: { value: 'free', expiresAt: now + seconds } };
  return withRecords({ baseline: aBaseline(), override: anOverride({ claims }) });
}

test('a healthy deployment has no finding', () => {
  expect(checkDeployment()).toEqual([]);
});

const poolArn = aUserPool().arn;

const FINDINGS: readonly [what: string, name: string, changes: ViewChanges][] = [
  ['a pool that is not deployed', 'pool-deployed', { view: { missingPools: ['shipping'] } }],
  [
    'a trigger taken off',
    'trigger-attached',
    { pool: { pool: { found: aUserPool({ trigger: undefined }) } } },
  ],
  [
    'an older trigger version',
    'trigger-attached',
    {
      pool: { pool: { found: aUserPool({ trigger: { functionArn: 'x:live', version: 'V2_0' } }) } },
    },
  ],
  [
    'a numbered version instead of the alias',
    'trigger-attached',
    { pool: { pool: { found: aUserPool({ trigger: { functionArn: 'x:7', version: 'V3_0' } }) } } },
  ],
  [
    'a plan that runs no trigger',
    'pool-plan',
    { pool: { pool: { found: aUserPool({ plan: 'LITE' }) } } },
  ],
  [
    'another plan than declared',
    'pool-plan',
    { pool: { pool: { found: aUserPool({ plan: 'PLUS' }) } } },
  ],
  [
    'a pool without a domain',
    'pool-domain',
    { pool: { pool: { found: aUserPool({ domain: undefined }) } } },
  ],
  [
    'a pool anyone may delete',
    'pool-protection',
    { pool: { pool: { found: aUserPool({ isDeletionProtected: false }) } } },
  ],
  [
    'open sign-up',
    'pool-sign-up',
    { pool: { pool: { found: aUserPool({ isSignUpOpen: true }) } } },
  ],
  ['no trigger function', 'trigger-alias', { view: { trigger: { found: undefined } } }],
  [
    'no alias',
    'trigger-alias',
    { view: { trigger: { found: aFunction({ aliasArn: undefined }) } } },
  ],
  [
    'no permission',
    'trigger-permission',
    { view: { trigger: { found: aFunction({ permissions: [] }) } } },
  ],
  [
    'a permission without SourceAccount',
    'trigger-permission',
    {
      view: {
        trigger: { found: aFunction({ permissions: [aPermission({ sourceAccount: undefined })] }) },
      },
    },
  ],
  [
    'a permission for another account',
    'trigger-permission',
    {
      view: {
        trigger: {
          found: aFunction({ permissions: [aPermission({ sourceAccount: '999999999999' })] }),
        },
      },
    },
  ],
  [
    'a longer time-out',
    'trigger-timeout',
    { view: { trigger: { found: aFunction({ timeoutSeconds: 6 }) } } },
  ],
  [
    'a time-out below what the trigger needs',
    'trigger-timeout',
    { view: { trigger: { found: aFunction({ timeoutSeconds: 2 }) } } },
  ],
  [
    'a trigger with another contract',
    'trigger-contract',
    {
      view: {
        trigger: {
          found: aFunction({
            variables: { ...aFunction().variables, CLAIMS_CONTRACT_DIGEST: '0123456789abcdef' },
          }),
        },
      },
    },
  ],
  [
    'a trigger of another version',
    'trigger-version',
    {
      view: {
        trigger: {
          found: aFunction({ variables: { ...aFunction().variables, CLAIMS_VERSION: '0.0.9' } }),
        },
      },
    },
  ],
  ['a user pool that is gone', 'pool-deployed', { pool: { pool: { found: undefined } } }],
  [
    'a table that is gone',
    'table-exists',
    { view: { tables: [{ ...aTable(), table: { found: undefined } }] } },
  ],
  ['a client that is not deployed', 'client-deployed', { pool: { clientIds: new Map() } }],
  [
    'a runtime past its end',
    'trigger-runtime',
    { view: { trigger: { found: aFunction({ runtime: 'nodejs20.x' }) } } },
  ],
  [
    'a table anyone may delete',
    'table-protection',
    { view: { tables: [aTable({ isDeletionProtected: false })] } },
  ],
  [
    'a table without recovery',
    'table-recovery',
    { view: { tables: [aTable({ hasRecovery: false })] } },
  ],
  [
    'a client that users sign in to',
    'client-flows',
    { pool: { clients: [anAppClient({ authFlows: ['ALLOW_USER_PASSWORD_AUTH'] })] } },
  ],
  [
    'a second OAuth flow',
    'client-flows',
    { pool: { clients: [anAppClient({ oauthFlows: ['client_credentials', 'code'] })] } },
  ],
  [
    'a client without a secret',
    'client-flows',
    { pool: { clients: [anAppClient({ hasSecret: false })] } },
  ],
  [
    'a client with OAuth turned off',
    'client-flows',
    { pool: { clients: [anAppClient({ isOAuthEnabled: false })] } },
  ],
  [
    'a client without the flow',
    'client-flows',
    { pool: { clients: [anAppClient({ oauthFlows: [] })] } },
  ],
  [
    'a client without a scope',
    'client-scopes',
    { pool: { clients: [anAppClient({ scopes: [] })] } },
  ],
  [
    'a scope that no server knows',
    'client-scopes',
    { pool: { clients: [anAppClient({ scopes: ['orders/delete'] })] } },
  ],
  ['a client without a baseline', 'client-claims', withRecords({})],
  ['records of a client that is gone', 'orphan-records', { pool: { clients: [] } }],
  [
    'an item that is not a valid record',
    'records-valid',
    {
      pool: {
        listing: {
          found: {
            clients: new Map([[A_CLIENT_ID, { clientId: A_CLIENT_ID, baseline: aBaseline() }]]),
            invalidItems: [{ sortKey: 'JUNK', faults: [{ path: 'kind', problem: 'unknown' }] }],
          },
        },
      },
    },
  ],
  [
    'a claim that violates the contract',
    'records-contract',
    withRecords({ baseline: aBaseline({ claims: { 'custom:role': 'emperor' } }) }),
  ],
  [
    'a reader of a secret that nobody declares',
    'secret-readers',
    { pool: { readers: new Map([['billing-worker', ['arn:aws:iam::1:role/other']]]) } },
  ],
  [
    'an issuer whose keys cannot be read',
    'token-issuers',
    {
      view: { unreadableIssuers: [{ name: 'staff', pool: 'payments', reason: 'timeout' }] },
    },
  ],
  [
    'an app client that an issuer no longer has',
    'token-issuer-clients',
    { view: { goneIssuerClients: [{ name: 'staff', pool: 'payments', clientId: 'gone' }] } },
  ],
  [
    'a required user token that callers do not send',
    'token-required',
    {
      ...withRecords({ baseline: aBaseline({ claimsFromToken: aTokenSelector() }) }),
      view: { requestsWithoutUserToken: 3 },
    },
  ],
  [
    'a reserved name',
    'token-names',
    withRecords({ baseline: aBaseline({ suppressClaims: ['sub'] }) }),
  ],
  [
    'claims near the budget',
    'size-budget',
    withRecords({ baseline: aBaseline({ claims: { permissions: ['p'.repeat(3400)] } }) }),
  ],
];

test.each(FINDINGS)('%s is a finding', (_case, name, changes) => {
  expect(checkDeployment(changes)).toMatchObject([{ check: name }]);
});

test.each(FINDINGS)(
  '%s says what, why, and names a command that repairs it',
  (_case, _name, changes) => {
    const [finding] = checkDeployment(changes);

    expect(finding?.what).toMatch(/\w.*\.$/);
    expect(finding?.why).toMatch(/\w.*\.$/);
    expect(finding?.how).toMatch(/\b(?:m2m \w+|npx -y pnpm@12 \w+|aws \w+ )/);
  },
);

test('a permission without SourceArn is too open, and lets no pool of ours in', () => {
  const open = aPermission({ sourceArn: undefined });

  const findings = checkDeployment({
    view: { trigger: { found: aFunction({ permissions: [open] }) } },
  });

  expect(findings).toMatchObject([
    { subject: 'pool payments', check: 'trigger-permission' },
    { subject: 'trigger trigger', what: expect.stringContaining('without SourceArn') },
  ]);
});

test.each([
  ['one byte below four fifths of the budget', 0, []],
  ['four fifths of the budget', 1, [{ check: 'size-budget' }]],
])('claims of %s', (_case, extraBytes, expected) => {
  const budget = 1000;
  const sizeBytes = (length: number) =>
    JSON.stringify({ environment: 'test', permissions: ['p'.repeat(length)] }).length;
  const length = budget * 0.8 - 1 + extraBytes - sizeBytes(0);
  const baseline = aBaseline({ claims: { permissions: ['p'.repeat(length)] } });

  const rules = { contract, sizeBudgetBytes: budget };

  expect(checkDeployment(withRecords({ baseline }), { rules })).toMatchObject(expected);
});

test('a token without a single claim is a finding', () => {
  const baseline = aBaseline({ defaults: {}, claims: {} });
  const rules = {
    ...TEST_LIMITS.rules,
    contract: { tier: { type: 'string', description: 'x' } },
  } as const;

  const findings = checkDeployment(withRecords({ baseline }), { rules });

  expect(findings.filter(({ subject }) => subject.startsWith('client'))).toMatchObject([
    { check: 'token-claims' },
  ]);
});

test('a deployment whose parts could not be read has no finding about them', () => {
  const pool = { listing: undefined, pool: undefined, clients: undefined };
  const tables = [{ tableName: 'claims', table: undefined, access: undefined }];
  const view = { tables, trigger: undefined, namesakes: undefined };

  expect(checkDeployment({ pool, view })).toEqual([]);
});

test.each([
  ['after the notice days', 7 * DAY + 1, []],
  ['within the notice days', 7 * DAY, [{ check: 'claims-expiring' }]],
  ['in the past', 0, []],
])('an override that ends %s', (_case, seconds, expected) => {
  expect(checkDeployment(expiringIn(seconds))).toMatchObject(expected);
});

test.each([
  [90, []],
  [91, [{ check: 'secret-age', how: 'm2m rotate payments billing-worker --env test' }]],
])('a secret of %i days', (days, expected) => {
  const clients = [anAppClient({}, { secrets: secretsOf([daysAgo(days)]) })];

  expect(checkDeployment({ pool: { clients } })).toMatchObject(expected);
});

test.each([
  ['2027-01-29', []],
  ['2027-01-30', [{ check: 'trigger-runtime', severity: 'warning' }]],
  ['2027-05-01', [{ check: 'trigger-runtime', severity: 'error' }]],
])('nodejs22.x on %s', (day, expected) => {
  const view = { trigger: { found: aFunction({ runtime: 'nodejs22.x' }) } };

  const findings = checkDeployment({ view }, { now: Date.parse(day) / 1000 });

  expect(findings.filter((finding) => finding.check === 'trigger-runtime')).toMatchObject(expected);
});

test('a disabled client without a token is not a finding', () => {
  expect(checkDeployment(ofOverride({}, true))).toEqual([]);
});

test('a statement of the same name for another pool is not doubled by a repair', () => {
  const permissions = [
    { statementId: 'pool-payments', sourceArn: `${poolArn}x`, sourceAccount: '123456789012' },
  ];

  const [finding, ...others] = checkDeployment({
    view: { trigger: { found: aFunction({ permissions }) } },
  });

  expect(finding).toMatchObject({ check: 'trigger-permission' });
  expect(finding).not.toHaveProperty('repair');
  expect(others).toEqual([]);
});

test('an attached trigger is not compared without a trigger function to ask', () => {
  expect(checkDeployment({ view: { trigger: undefined } })).toEqual([]);
});

describe('declared readers', () => {
  const READER = 'arn:aws:iam::222222222222:role/billing';
  const [pool] = aDeploymentView().pools;
  const clients = pool?.declared.clients.map((client) => ({ ...client, readers: [READER] })) ?? [];
  const declared = { ...aDeploymentView().pools[0]?.declared, clients } as PoolView['declared'];
  const withPolicies = (ofSecret: readonly string[], ofKey: readonly string[]) =>
    checkDeployment({
      pool: { declared, readers: new Map([['billing-worker', ofSecret]]) },
      view: { keyReaders: ofKey },
    });

  test('declared readers that both policies let in are not a finding', () => {
    expect(withPolicies([READER], [READER])).toEqual([]);
  });

  test('declared readers that the secret shuts out are a finding', () => {
    expect(withPolicies([], [READER])).toMatchObject([
      { check: 'secret-readers', what: expect.stringContaining(`does not let ${READER} read`) },
    ]);
  });

  test('declared readers that the key shuts out are a finding', () => {
    expect(withPolicies([READER], [])).toMatchObject([{ check: 'key-readers' }]);
  });

  test('declared readers that were deleted are named by what is left of them', () => {
    expect(withPolicies(['AROAEXAMPLE'], [READER])).toMatchObject([
      { what: expect.stringContaining('AROAEXAMPLE') },
      { what: expect.stringContaining(READER) },
    ]);
  });
});
