import type { BaselineRecord, OverrideRecord } from '@cognito-m2m/claim-schema';
import { A_CLIENT_ID, aBaseline, anOverride } from '@cognito-m2m/claim-schema/testing';
import { expect, test } from '@jest/globals';
import {
  aDeploymentView,
  aFunction,
  anAppClient,
  aUserPool,
  type ViewChanges,
} from '../testing/a-deployment-view.ts';
import { TEST_NOW_MS } from '../testing/start-deployment.ts';
import { runChecks } from './run-checks.ts';

const now = TEST_NOW_MS / 1000;
const DAY = 86_400;

function check(changes: ViewChanges = {}, atSeconds = now) {
  return runChecks(aDeploymentView(changes), { now: atSeconds, secretDays: 90, expiryDays: 7 });
}

function withRecords(records: { baseline?: BaselineRecord; override?: OverrideRecord }) {
  const client = { clientId: A_CLIENT_ID, ...records };
  return {
    pool: { listing: { clients: new Map([[A_CLIENT_ID, client]]), invalidItems: [] } },
  };
}

function expiringIn(seconds: number) {
  const claims = { tier: { value: 'free', expiresAt: now + seconds } };
  return withRecords({ baseline: aBaseline(), override: anOverride({ claims }) });
}

test('a healthy deployment has no finding', () => {
  expect(check()).toEqual([]);
});

const { trigger: _taken, ...withoutTrigger } = aUserPool();
const { domain: _domain, ...withoutDomain } = aUserPool();
const { aliasArn: _alias, ...withoutAlias } = aFunction();
const poolArn = aUserPool().arn;

test.each<[string, string, ViewChanges]>([
  ['a pool that is not deployed', 'pool-deployed', { view: { missingPools: ['shipping'] } }],
  ['a trigger taken off', 'trigger-attached', { pool: { pool: withoutTrigger } }],
  [
    'an older trigger version',
    'trigger-attached',
    { pool: { pool: aUserPool({ trigger: { functionArn: 'x:live', version: 'V2_0' } }) } },
  ],
  [
    'a numbered version instead of the alias',
    'trigger-attached',
    { pool: { pool: aUserPool({ trigger: { functionArn: 'x:7', version: 'V3_0' } }) } },
  ],
  ['a plan that runs no trigger', 'pool-plan', { pool: { pool: aUserPool({ plan: 'LITE' }) } }],
  ['another plan than declared', 'pool-plan', { pool: { pool: aUserPool({ plan: 'PLUS' }) } }],
  ['no domain', 'pool-domain', { pool: { pool: withoutDomain } }],
  [
    'a pool anyone may delete',
    'pool-protection',
    { pool: { pool: aUserPool({ isDeletionProtected: false }) } },
  ],
  ['open sign-up', 'pool-sign-up', { pool: { pool: aUserPool({ isSignUpOpen: true }) } }],
  ['no trigger function', 'trigger-alias', { view: { trigger: 'missing' } }],
  ['no alias', 'trigger-alias', { view: { trigger: withoutAlias } }],
  ['no permission', 'trigger-permission', { view: { trigger: aFunction({ permissions: [] }) } }],
  [
    'a permission without SourceAccount',
    'trigger-permission',
    {
      view: {
        trigger: aFunction({ permissions: [{ statementId: 'other', sourceArn: poolArn }] }),
      },
    },
  ],
  ['a longer time-out', 'trigger-timeout', { view: { trigger: aFunction({ timeoutSeconds: 6 }) } }],
  [
    'a runtime past its end',
    'trigger-runtime',
    { view: { trigger: aFunction({ runtime: 'nodejs20.x' }) } },
  ],
  [
    'a table anyone may delete',
    'table-protection',
    { view: { tables: [{ tableName: 't', isDeletionProtected: false, hasRecovery: true }] } },
  ],
  [
    'a table without recovery',
    'table-recovery',
    { view: { tables: [{ tableName: 't', isDeletionProtected: true, hasRecovery: false }] } },
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
    'a scope that no server knows',
    'client-scopes',
    { pool: { clients: [anAppClient({ scopes: ['orders/delete'] })] } },
  ],
  ['a client without a baseline', 'client-claims', withRecords({})],
  ['records of a client that is gone', 'orphan-records', { pool: { clients: [] } }],
  [
    'an item that is no record',
    'records-valid',
    {
      pool: {
        listing: {
          clients: new Map([[A_CLIENT_ID, { clientId: A_CLIENT_ID, baseline: aBaseline() }]]),
          invalidItems: [{ sortKey: 'JUNK', faults: [{ path: 'kind', problem: 'unknown' }] }],
        },
      },
    },
  ],
  [
    'a claim off the contract',
    'records-contract',
    withRecords({ baseline: aBaseline({ claims: { 'custom:role': 'emperor' } }) }),
  ],
  [
    'a reserved name',
    'records-contract',
    withRecords({ baseline: aBaseline({ suppressClaims: ['sub'] }) }),
  ],
  [
    'claims near the budget',
    'size-budget',
    withRecords({ baseline: aBaseline({ claims: { permissions: ['p'.repeat(3400)] } }) }),
  ],
])('%s is a finding', (_case, name, changes) => {
  expect(check(changes)).toMatchObject([{ check: name }]);
});

test.each([
  ['after the notice days', 7 * DAY + 1, []],
  ['within the notice days', 7 * DAY, [{ check: 'claims-expiring' }]],
  ['in the past', 0, []],
])('an override that ends %s', (_case, seconds, expected) => {
  expect(check(expiringIn(seconds))).toMatchObject(expected);
});

test.each([
  [90, []],
  [91, [{ check: 'secret-age', how: 'm2m rotate payments billing-worker --env test' }]],
])('a secret of %i days', (days, expected) => {
  const clients = [anAppClient({ oldestSecretAt: TEST_NOW_MS - days * DAY * 1000 })];

  expect(check({ pool: { clients } })).toMatchObject(expected);
});

test.each([
  ['2027-01-29', []],
  ['2027-01-30', [{ check: 'trigger-runtime', severity: 'warning' }]],
  ['2027-05-01', [{ check: 'trigger-runtime', severity: 'error' }]],
])('nodejs22.x on %s', (day, expected) => {
  const view = { trigger: aFunction({ runtime: 'nodejs22.x' }) };

  const findings = check({ view }, Date.parse(day) / 1000);

  expect(findings.filter((finding) => finding.check === 'trigger-runtime')).toMatchObject(expected);
});

test('a disabled client is no finding, whatever its records say', () => {
  const baseline = aBaseline({ claims: { 'custom:role': 'emperor' } });

  expect(check(withRecords({ baseline, override: anOverride({ disabled: true }) }))).toEqual([]);
});

test('no finding quotes a claim value', () => {
  const baseline = aBaseline({ claims: { 'custom:role': 'emperor' } });

  expect(JSON.stringify(check(withRecords({ baseline })))).not.toContain('emperor');
});

test('a statement of the same name for another pool is not doubled by a repair', () => {
  const permissions = [
    { statementId: 'pool-payments', sourceArn: `${poolArn}x`, sourceAccount: '123456789012' },
  ];

  const [finding, ...others] = check({ view: { trigger: aFunction({ permissions }) } });

  expect(finding).toMatchObject({ check: 'trigger-permission' });
  expect(finding).not.toHaveProperty('repair');
  expect(others).toEqual([]);
});

test('without a trigger function to ask, an attached trigger is not compared', () => {
  const { trigger: _trigger, ...view } = aDeploymentView();

  expect(runChecks(view, { now, secretDays: 90, expiryDays: 7 })).toEqual([]);
});
