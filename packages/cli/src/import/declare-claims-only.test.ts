import type { LambdaConfigType } from '@aws-sdk/client-cognito-identity-provider';
import { contract } from '@cognito-m2m/claim-schema/fixtures';
import { aBaseline } from '@cognito-m2m/claim-schema/testing';
import { validateEnvironment } from '@cognito-m2m/environment';
import { expect, test } from '@jest/globals';
import { declareEnvironment } from './declare-environment.ts';
import type { ClientDescription, PoolDescription } from './pool-description.ts';

const POOL_ID = 'eu-central-1_AbC123XyZ';
const USERS = 'arn:aws:lambda:eu-central-1:123456789012:function:user-claims:live';
const TRIGGER =
  'arn:aws:lambda:eu-central-1:123456789012:function:m2m-prod-pre-token-generation:live';

function aMachine(ClientId: string, changes: Partial<ClientDescription> = {}): ClientDescription {
  return {
    ClientId,
    ClientName: ClientId,
    hasSecret: true,
    AllowedOAuthFlowsUserPoolClient: true,
    AllowedOAuthFlows: ['client_credentials'],
    AllowedOAuthScopes: ['orders/read'],
    AccessTokenValidity: 630,
    TokenValidityUnits: { AccessToken: 'seconds' },
    ...changes,
  };
}

/** A pool that another stack made, with users, a web client and machine clients. */
function aPool(changes: Partial<PoolDescription> = {}): PoolDescription {
  return {
    name: 'storefront',
    userPoolId: POOL_ID,
    pool: {
      Id: POOL_ID,
      Name: 'shop',
      Arn: `arn:aws:cognito-idp:eu-central-1:123456789012:userpool/${POOL_ID}`,
      Domain: 'shop',
      UserPoolTier: 'ESSENTIALS',
      MfaConfiguration: 'OPTIONAL',
      DeletionProtection: 'INACTIVE',
      UserPoolTags: { team: 'shop' },
      SchemaAttributes: [{ Name: 'custom:plan' }],
      LambdaConfig: {
        PreSignUp: 'arn:sign-up',
        PreTokenGenerationConfig: { LambdaArn: USERS, LambdaVersion: 'V2_0' },
      },
    },
    resourceServers: [
      { Identifier: 'orders', Scopes: [{ ScopeName: 'read', ScopeDescription: 'Read' }] },
    ],
    clients: [
      aMachine('billing'),
      aMachine('reports', { ClientName: 'Report Viewer' }),
      aMachine('web', { ClientName: 'web-app', AllowedOAuthFlows: ['code'] }),
    ],
    groupNames: ['staff'],
    identityProviderNames: ['Okta'],
    hasCustomLogin: true,
    webAclArn: undefined,
    listing: undefined,
    clientTexts: new Map(),
    text: undefined,
    isDeployed: false,
    customDomain: undefined,
    attachment: undefined,
    addedClientIds: new Set(),
    ...changes,
  };
}

function declare(changes: Partial<PoolDescription> = {}) {
  const declared = declareEnvironment(
    { name: 'prod', region: 'eu-central-1', pools: [aPool(changes)], trigger: undefined },
    { owner: 'shop', defaultClaims: { environment: 'prod' }, isClaimsOnly: true },
    contract,
  );
  return { ...declared, pool: declared.value.pools['storefront'] };
}

test('claims only: the file names the pool, its machine clients and the function for users', () => {
  const { value } = declare();

  expect(value).toEqual({
    name: 'prod',
    region: 'eu-central-1',
    accountId: '123456789012',
    owner: 'shop',
    state: { type: 'local' },
    pools: {
      storefront: {
        existing: { userPoolId: POOL_ID },
        userTrigger: { functionArn: USERS, eventVersion: 'V2_0' },
        defaults: { claims: { environment: 'prod' } },
        clients: {
          'Report-Viewer': {
            clientId: 'reports',
            description: 'Imported app client reports',
          },
          billing: { clientId: 'billing', description: 'Imported app client billing' },
        },
      },
    },
  });
  expect(() => validateEnvironment(contract, value)).not.toThrow();
});

test('claims only: everything else stays with its owner, and no note speaks of a change', () => {
  const { notes } = declare();

  const texts = notes.map(({ what }) => what).join('\n');
  for (const found of ['shop', 'orders', 'PreSignUp', 'custom:plan', 'MFA', 'staff', 'flow code']) {
    expect(texts).toContain(found);
  }
  expect(texts).not.toContain('seconds');
  expect(new Set(notes.map(({ outcome }) => outcome))).toEqual(
    new Set(['It stays with its owner: no deploy changes it.']),
  );
});

test('claims only: a pool on LITE says whom to ask', () => {
  const { notes } = declare({ pool: { ...aPool().pool, UserPoolTier: 'LITE' } });

  expect(notes).toContainEqual(
    expect.objectContaining({ outcome: expect.stringContaining("Ask the pool's owner") }),
  );
});

const attachedTrigger = {
  PreTokenGenerationConfig: { LambdaArn: TRIGGER, LambdaVersion: 'V3_0' as const },
};

test.each<[string, LambdaConfigType, PoolDescription['attachment'], object | undefined]>([
  ['no function', {}, undefined, undefined],
  [
    'a V1 function in the older field',
    { PreTokenGeneration: USERS },
    undefined,
    { functionArn: USERS, eventVersion: 'V1_0' },
  ],
  [
    'our trigger in place of a V2 function',
    attachedTrigger,
    {
      userPoolId: POOL_ID,
      before: { PreTokenGenerationConfig: { LambdaArn: USERS, LambdaVersion: 'V2_0' } },
    },
    { functionArn: USERS, eventVersion: 'V2_0' },
  ],
  ['our trigger, attached by the code of its owner', attachedTrigger, undefined, undefined],
])('claims only: a pool that calls %s', (_what, LambdaConfig, attachment, userTrigger) => {
  const { pool, value } = declare({ attachment, pool: { ...aPool().pool, LambdaConfig } });

  expect(pool?.userTrigger).toEqual(userTrigger);
  expect(() => validateEnvironment(contract, value)).not.toThrow();
});

test('claims only: a deployed environment gives back its claims, and which clients it added', () => {
  const records = ['billing', 'reports'].map((clientId) => {
    const baseline = aBaseline({
      userPoolId: POOL_ID,
      clientId,
      clientName: clientId,
      owner: 'shop',
      defaults: { environment: 'prod' },
      claims: { tier: 'free' },
    });
    return [clientId, { clientId, baseline }] as const;
  });

  const { pool, value } = declare({
    isDeployed: true,
    listing: { clients: new Map(records), invalidItems: [] },
    addedClientIds: new Set(['reports']),
    clientTexts: new Map([['billing', 'Bills']]),
  });

  expect(pool?.clients).toMatchObject({
    billing: { clientId: 'billing', description: 'Bills', claims: { tier: 'free' } },
    reports: { scopes: ['orders/read'], claims: { tier: 'free' } },
  });
  expect(pool?.clients['reports']).not.toHaveProperty('clientId');
  expect(() => validateEnvironment(contract, value)).not.toThrow();
});
