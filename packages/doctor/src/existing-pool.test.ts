import { contract } from '@cognito-m2m/claim-schema/fixtures';
import { A_CLIENT_ID, A_POOL_ID, aBaseline } from '@cognito-m2m/claim-schema/testing';
import { type PoolInput, toSettingsRecord, validateEnvironment } from '@cognito-m2m/environment';
import { anEnvironment } from '@cognito-m2m/environment/fixtures';
import { describe, expect, test } from '@jest/globals';
import {
  AN_ISSUER,
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

describe('the parameter issuer', () => {
  const updated = AN_ISSUER.replace('https://', 'https://issuer-');
  const look = (hasUpdatedIssuer: boolean, issuer: string | undefined) => [
    checkDeployment({ pool: { issuer, pool: { found: aUserPool({ hasUpdatedIssuer }) } } }),
    examine({ pool: { hasUpdatedIssuer }, view: { issuer } }),
  ];

  test.each([
    ['original', false, AN_ISSUER],
    ['updated', true, updated],
    ['updated', true, undefined],
  ])('the %s form is not reported where tokens carry it', (_form, hasUpdatedIssuer, issuer) => {
    expect(look(hasUpdatedIssuer, issuer)).toEqual([[], []]);
  });

  test.each([
    ['original', false, updated],
    ['updated', true, AN_ISSUER],
  ])(
    'a pool of any owner is reported that changed to the %s form after the deploy, and the next deploy repairs it',
    (form, hasUpdatedIssuer, issuer) => {
      for (const findings of look(hasUpdatedIssuer, issuer)) {
        expect(findings).toMatchObject([
          {
            check: 'pool-issuer',
            severity: 'error',
            what: expect.stringContaining(`the ${form} form of its issuer`),
            how: expect.stringContaining("cdktf deploy 'test-*'"),
          },
        ]);
        expect(findings[0]).not.toHaveProperty('repair');
      }
    },
  );
});
