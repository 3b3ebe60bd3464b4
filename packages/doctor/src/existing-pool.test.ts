import { contract } from '@cognito-m2m/claim-schema/fixtures';
import { A_CLIENT_ID, A_POOL_ID, aBaseline } from '@cognito-m2m/claim-schema/testing';
import { type PoolInput, toSettingsRecord, validateEnvironment } from '@cognito-m2m/environment';
import { anEnvironment } from '@cognito-m2m/environment/fixtures';
import { expect, test } from '@jest/globals';
import {
  aDeploymentView,
  aFunction,
  anAppClient,
  aUserPool,
  secretsOf,
  TEST_NOW_MS,
} from '../test/a-deployment-view.ts';
import { checkDeployment, TEST_LIMITS } from '../test/check-deployment.ts';
import type { DeploymentView, PoolView, UserPoolView } from './deployment-view.ts';
import { runChecks } from './run-checks.ts';

const USERS = 'arn:aws:lambda:eu-central-1:123456789012:function:user-claims:live';
const userTrigger = { functionArn: USERS, eventVersion: 'V2_0' as const };
const ALIAS = 'arn:aws:lambda:eu-central-1:123456789012:function:trigger:live';

/** A pool of another owner with one client of theirs, attached and with nothing wrong. */
function examine(
  changes: {
    readonly input?: Partial<PoolInput>;
    readonly pool?: Partial<UserPoolView>;
    readonly view?: Partial<PoolView>;
    readonly variables?: { readonly [name: string]: string };
    readonly all?: Partial<DeploymentView>;
  } = {},
) {
  const payments = {
    existing: { userPoolId: A_POOL_ID },
    clients: {
      'billing-worker': {
        clientId: A_CLIENT_ID,
        description: 'Bills',
        claims: { environment: 'test' },
      },
    },
    ...changes.input,
  };
  const [declared] = validateEnvironment(contract, anEnvironment({ pools: { payments } })).pools;
  if (declared === undefined) throw new Error('the environment has a pool');
  const client = { clientId: A_CLIENT_ID, baseline: aBaseline() };
  const { variables } = aFunction();
  const trigger = aFunction({ variables: { ...variables, ...changes.variables } });
  const view = aDeploymentView({
    pool: {
      declared,
      listing: {
        found: {
          settings: toSettingsRecord(declared, A_POOL_ID),
          clients: new Map([[A_CLIENT_ID, client]]),
          invalidItems: [],
        },
      },
      attachment: { found: { userPoolId: A_POOL_ID, before: {} } },
      // Nothing of this is ours to judge.
      pool: {
        found: aUserPool({ isDeletionProtected: false, isSignUpOpen: true, ...changes.pool }),
      },
      clients: [
        anAppClient(
          { oauthFlows: ['code', 'client_credentials'], authFlows: ['ALLOW_USER_SRP_AUTH'] },
          { secrets: secretsOf([0, TEST_NOW_MS]), storedVersions: [] },
        ),
        anAppClient({ oauthFlows: ['code'] }, { clientId: 'web', name: 'web' }),
      ],
      ...changes.view,
    },
    view: { trigger: { found: trigger }, ...changes.all },
  });
  return runChecks(view, TEST_LIMITS);
}

test('an existing pool has no finding about what its owner decides', () => {
  expect(examine()).toEqual([]);
});

const DETACHED = { pool: { trigger: undefined } };

test('a trigger that was attached by m2m and taken off is put back by --fix', () => {
  expect(examine(DETACHED)).toMatchObject([
    {
      check: 'trigger-attached',
      severity: 'error',
      how: expect.stringContaining('attach payments --env test --print terraform'),
      repair: {
        kind: 'attach-trigger',
        userPoolId: A_POOL_ID,
        triggerArn: ALIAS,
        parameterName: '/m2m/test/payments/attachment',
      },
    },
  ]);
});

test('a function of the owner that took its place and is named for users does not hinder that', () => {
  const findings = examine({
    input: { userTrigger },
    pool: { trigger: { functionArn: USERS, version: 'V2_0' } },
    variables: { CLAIMS_USER_TRIGGERS: JSON.stringify({ [A_POOL_ID]: userTrigger }) },
  });

  expect(findings).toMatchObject([{ repair: { kind: 'attach-trigger' } }]);
});

test.each([
  [
    'was never attached by m2m',
    { ...DETACHED, view: { attachment: { found: undefined } } },
    'warning',
  ],
  [
    'is in the way of a function that nobody named',
    { pool: { trigger: { functionArn: 'arn:other', version: 'V2_0' } } },
    'error',
  ],
])('a trigger that %s is attached by a person', (_what, changes, severity) => {
  const [finding] = examine(changes);

  expect(finding).toMatchObject({ check: 'trigger-attached', severity });
  expect(finding?.how).toContain('m2m attach payments');
  expect(finding?.repair).toBeUndefined();
});

test.each<[string, Parameters<typeof examine>[0], string, RegExp]>([
  ['the plan LITE', { pool: { plan: 'LITE' } }, 'pool-plan', /Ask the pool's owner/],
  ['no domain', { pool: { domain: undefined } }, 'pool-domain', /Ask the pool's owner/],
  [
    'a client that the pool does not have',
    { view: { clients: [] } },
    'client-deployed',
    /Correct clientId/,
  ],
  [
    'a client without client_credentials',
    { view: { clients: [anAppClient({ oauthFlows: ['code'] })] } },
    'client-flows',
    /Ask the client's owner/,
  ],
  [
    'no settings and no baseline',
    { view: { listing: { found: { clients: new Map(), invalidItems: [] } } } },
    'records-complete',
    /cdktf deploy/,
  ],
  [
    'a trigger that hands users to no function',
    { input: { userTrigger } },
    'trigger-users',
    /cdktf deploy/,
  ],
])('an existing pool with %s has a finding with the next step', (_what, changes, check, how) => {
  expect(examine(changes)).toContainEqual(
    expect.objectContaining({ check, severity: 'error', how: expect.stringMatching(how) }),
  );
  expect(examine(changes).filter(({ repair }) => repair !== undefined)).toEqual([]);
});

test('the updated form of the issuer is reported of a pool of any owner, and --fix leaves it', () => {
  const ours = checkDeployment({
    pool: { pool: { found: aUserPool({ hasUpdatedIssuer: true }) } },
  });
  const theirs = examine({ pool: { hasUpdatedIssuer: true } });

  for (const findings of [ours, theirs]) {
    expect(findings).toMatchObject([
      { check: 'pool-issuer', severity: 'error', how: expect.stringContaining('discovery') },
    ]);
    expect(findings[0]).not.toHaveProperty('repair');
  }
  expect(ours[0]?.how).toContain('Type=ORIGINAL');
  expect(theirs[0]?.how).not.toContain('Type=ORIGINAL');
});
