import type { ResourceServerType } from '@aws-sdk/client-cognito-identity-provider';
import { contract } from '@cognito-m2m/claim-schema/fixtures';
import { A_CLIENT_ID, aBaseline, poolSettings } from '@cognito-m2m/claim-schema/testing';
import type { PoolListing } from '@cognito-m2m/claims-store/lister';
import { validateEnvironment } from '@cognito-m2m/environment';
import { anEnvironment } from '@cognito-m2m/environment/fixtures';
import { describe, expect, test } from '@jest/globals';
import { asDeployed } from '../../test/as-deployed.ts';
import { declareEnvironment } from './declare-environment.ts';
import type { ClientDescription, PoolDescription } from './pool-description.ts';

const SECRET = `AKIA${'A'.repeat(16)}`;
const [deployed] = asDeployed(validateEnvironment(contract, anEnvironment())).pools;
if (deployed === undefined) throw new Error('the environment has a pool');
const [worker] = deployed.clients;
if (worker === undefined) throw new Error('the pool has a client');

/** Declares one pool that is as deployed but for the changes. */
function declare(changes: Partial<PoolDescription>) {
  const description = {
    name: 'test',
    region: 'eu-central-1',
    pools: [{ ...(deployed as PoolDescription), ...changes }],
    trigger: undefined,
  };
  const declared = declareEnvironment(description, { defaultClaims: {} }, contract);
  return { ...declared, pool: declared.value.pools['payments'] };
}

function declareClient(changes: Partial<ClientDescription>) {
  return declare({ clients: [{ ...(worker as ClientDescription), ...changes }] });
}

function declareSettings(changes: Partial<PoolDescription['pool']>) {
  return declare({ pool: { ...(deployed as PoolDescription).pool, ...changes } });
}

/** Adds a scope to the servers as the API lists them. */
function addScope(servers: ResourceServerType[], scope: string): ResourceServerType[] {
  const [Identifier = '', ScopeName = ''] = scope.split('/');
  const known = servers.find((server) => server.Identifier === Identifier)?.Scopes ?? [];
  const Scopes = [...known, { ScopeName, ScopeDescription: ScopeName.toUpperCase() }];
  const others = servers.filter((server) => server.Identifier !== Identifier);
  return [...others, { Identifier, Name: Identifier, Scopes }];
}

function aListing(changes: Parameters<typeof aBaseline>[0]): PoolListing {
  const clientId = worker?.ClientId ?? '';
  const baseline = aBaseline({ clientId, ...changes });
  return { clients: new Map([[clientId, { clientId, baseline }]]), invalidItems: [] };
}

test('a pool that our deploy made leaves nothing out', () => {
  expect(declare({}).notes).toEqual([]);
});

test.each([
  [
    'in the order of the deployed file',
    ['b/y', 'b/x', 'a/z'],
    { b: { y: 'Y', x: 'X' }, a: { z: 'Z' } },
  ],
  ['by name, if no deploy kept one', [], { a: { z: 'Z' }, b: { x: 'X', y: 'Y' } }],
])('resource servers and scopes come %s', (_case, declaredScopes, expected) => {
  const resourceServers = ['a/z', 'b/x', 'b/y'].reduce(addScope, []);
  const settings = poolSettings({ declaredScopes });

  const { pool } = declare({
    resourceServers,
    listing: { settings, clients: new Map(), invalidItems: [] },
  });

  const scopes = Object.entries(pool?.resourceServers ?? {}).map(([name, server]) => [
    name,
    server.scopes,
  ]);
  expect(JSON.stringify(Object.fromEntries(scopes))).toBe(JSON.stringify(expected));
});

describe('a client is left out and named', () => {
  test.each<[string, Partial<ClientDescription>, string]>([
    ['of users', { AllowedOAuthFlows: ['code'] }, 'The client uses the flow code.'],
    ['of browsers', { AllowedOAuthFlows: ['implicit'] }, 'The client uses the flow implicit.'],
    ['without OAuth', { AllowedOAuthFlowsUserPoolClient: false }, 'may not use client_credentials'],
    ['without a flow', { AllowedOAuthFlows: [] }, 'may not use client_credentials'],
    ['without a secret', { hasSecret: false }, 'has no secret'],
    ['without a scope', { AllowedOAuthScopes: [] }, 'has no scope'],
    ['with scopes of nobody', { AllowedOAuthScopes: ['openid'] }, 'has no scope'],
  ])('%s', (_case, changes, what) => {
    const { pool, notes } = declareClient(changes);

    expect(pool?.clients).toEqual({});
    expect(notes).toMatchObject([
      { place: { client: 'billing-worker' }, what: expect.stringContaining(what) },
    ]);
    expect(notes[0]?.outcome).toContain(worker.ClientId);
  });
});

describe('a client whose name no file takes is declared under another name, and keeps its tokens', () => {
  const listing = { clients: new Map(), invalidItems: [] };

  test.each([
    ['web app', 'web-app'],
    ['Büro (alt)', 'Buro-alt'],
    ['.hidden', 'hidden'],
    ['a/b', 'a-b'],
    ['ends.', 'ends.'],
    ['注文', 'client-other'],
    ['', 'client-other'],
    ['x'.repeat(129), 'x'.repeat(128)],
  ])('%p as %p', (ClientName, name) => {
    const clients = [{ ...worker, ClientId: 'other', ClientName }];

    const { clientIds, notes } = declare({ clients, listing });

    expect([...(clientIds.get('payments') ?? [])]).toEqual([[name, 'other']]);
    const renames = ClientName === name ? [] : [{ place: { client: name } }];
    expect(notes).toMatchObject(renames);
  });

  test('three clients of one name get three names, of which the oldest keeps its own', () => {
    const second = { ...worker, ClientId: 'second', CreationDate: new Date(2) };
    const third = { ...worker, ClientId: 'third', CreationDate: new Date(3) };

    const { clientIds } = declare({ clients: [third, second, worker] });

    expect([...(clientIds.get('payments') ?? [])]).toEqual([
      ['billing-worker', worker.ClientId],
      ['billing-worker-2', 'second'],
      ['billing-worker-3', 'third'],
    ]);
  });

  test('a renamed client takes no name that another client has', () => {
    const clients = [
      { ...worker, ClientId: 'one', ClientName: 'web app' },
      { ...worker, ClientId: 'two', ClientName: 'web-app' },
      { ...worker, ClientId: 'three', ClientName: 'web  app' },
    ];

    const { clientIds } = declare({ clients, listing });

    expect(Object.fromEntries(clientIds.get('payments') ?? [])).toEqual({
      'web-app': 'two',
      'web-app-2': 'three',
      'web-app-3': 'one',
    });
  });
});

describe('a setting of a client is named', () => {
  test.each<[string, Partial<ClientDescription>, string]>([
    ['a sign-in', { ExplicitAuthFlows: ['ALLOW_USER_SRP_AUTH'] }, 'ALLOW_USER_SRP_AUTH'],
    ['telling users apart', { PreventUserExistenceErrors: 'LEGACY' }, 'unknown users'],
    ['no revocation', { EnableTokenRevocation: false }, 'revocation'],
    ['refresh tokens', { RefreshTokenValidity: 5 }, 'a refresh-token lifetime'],
    [
      'refresh-token rotation',
      { RefreshTokenRotation: { Feature: 'ENABLED' } },
      'refresh-token rotation',
    ],
    ['callbacks', { CallbackURLs: ['https://x.example'] }, 'callback URLs'],
    ['attributes', { ReadAttributes: ['email'] }, 'readable attributes'],
    ['analytics', { AnalyticsConfiguration: {} }, 'analytics'],
    ['a longer session', { AuthSessionValidity: 15 }, 'a sign-in session length'],
    ['a scope of nobody', { AllowedOAuthScopes: ['orders/read', 'openid'] }, 'openid'],
  ])('%s', (_case, changes, what) => {
    const { pool, notes } = declareClient(changes);

    expect(Object.keys(pool?.clients ?? {})).toEqual(['billing-worker']);
    expect(notes).toMatchObject([{ what: expect.stringContaining(what) }]);
  });
});

test.each<[string, ClientDescription['TokenValidityUnits'], number | undefined, number, number]>([
  ['none', undefined, undefined, 60, 0],
  ['an hour without a unit', undefined, 1, 60, 0],
  ['minutes', { AccessToken: 'minutes' }, 15, 15, 0],
  ['a day', { AccessToken: 'days' }, 1, 1440, 0],
  ['seconds that are minutes', { AccessToken: 'seconds' }, 660, 11, 0],
  ['seconds that are none', { AccessToken: 'seconds' }, 659, 10, 1],
])('a token lifetime of %s', (_case, TokenValidityUnits, AccessTokenValidity, minutes, count) => {
  const { ClientId, ...client } = worker;
  const { TokenValidityUnits: _units, AccessTokenValidity: _validity, ...others } = client;
  const changed = {
    ...others,
    ...(ClientId && { ClientId }),
    ...(TokenValidityUnits && { TokenValidityUnits }),
    ...(AccessTokenValidity !== undefined && { AccessTokenValidity }),
  };

  const { pool, notes } = declare({ clients: [changed] });

  expect(pool?.clients['billing-worker']?.accessTokenMinutes ?? 60).toBe(minutes);
  expect(notes).toHaveLength(count);
});

describe('a setting of a pool is named', () => {
  test.each<[string, Partial<PoolDescription['pool']>, string]>([
    ['another trigger', { LambdaConfig: { PreSignUp: 'arn:x' } }, 'PreSignUp'],
    ['MFA', { MfaConfiguration: 'ON' }, 'MFA ON'],
    ['a custom attribute', { SchemaAttributes: [{ Name: 'custom:plan' }] }, 'custom:plan'],
    ['sign-in by email', { UsernameAttributes: ['email'] }, 'email'],
    ['case-sensitive names', { UsernameConfiguration: { CaseSensitive: true } }, 'case-sensitive'],
    ['an own sender', { EmailConfiguration: { EmailSendingAccount: 'DEVELOPER' } }, 'email sender'],
    ['devices', { DeviceConfiguration: {} }, 'remembered devices'],
    ['threat protection', { UserPoolAddOns: { AdvancedSecurityMode: 'AUDIT' } }, 'AUDIT'],
    ['users', { EstimatedNumberOfUsers: 3 }, 'users'],
    ['a custom domain', { CustomDomain: 'id.example' }, 'id.example'],
  ])('%s', (_case, changes, what) => {
    expect(declareSettings(changes).notes).toMatchObject([
      { place: { pool: 'payments' }, what: expect.stringContaining(what) },
    ]);
  });

  test.each<[string, Partial<PoolDescription>, string]>([
    ['groups', { groupNames: ['admins'] }, 'admins'],
    ['identity providers', { identityProviderNames: ['Google'] }, 'Google'],
    ['a login page', { hasCustomLogin: true }, 'login page'],
  ])('%s', (_case, changes, what) => {
    expect(declare(changes).notes).toMatchObject([{ what: expect.stringContaining(what) }]);
  });

  test('all that a deploy would set otherwise on a pool of others', () => {
    const { Domain: _domain, ...pool } = deployed.pool;
    const settings = {
      Name: 'Payments (old)',
      UserPoolTier: 'LITE' as const,
      DeletionProtection: 'INACTIVE' as const,
      AdminCreateUserConfig: {},
    };

    const { value, notes, assumed } = declare({
      isDeployed: false,
      pool: { ...pool, ...settings },
    });

    expect(notes.map(({ what }) => what)).toEqual([
      expect.stringContaining('another function'),
      expect.stringContaining('Payments (old)'),
      expect.stringContaining('LITE'),
      expect.stringContaining('Deletion protection'),
      expect.stringContaining('sign up'),
    ]);
    expect(value).toMatchObject({ pools: { payments: { domainPrefix: 'test-payments' } } });
    expect(value.isDisposable).toBeUndefined();
    expect(assumed.map(({ what }) => what)).toContain('The domain prefix is "test-payments".');
  });
});

describe('a claim is left out and named', () => {
  test.each([
    ['not in the contract', { zip: '1' }, 'not in the claim contract'],
    ['that is reserved', { sub: 'x' }, 'reserved'],
    ['of another type', { approval_limit: 'a lot' }, 'wrong type'],
    ['that looks like a secret', { 'custom:organization_id': SECRET }, 'looks like a secret'],
  ])('%s', (_case, claims, what) => {
    const { pool, notes } = declare({ listing: aListing({ claims }) });

    expect(pool?.clients['billing-worker']).not.toHaveProperty('claims');
    expect(notes).toMatchObject([{ what: expect.stringContaining(what) }]);
    expect(JSON.stringify([pool, notes])).not.toContain(SECRET);
  });

  test('a claim is left out and named with the whole selector, if one of its values is off', () => {
    const claimsFromMetadata = { tier: { key: 't', allow: ['free', 'gold'], required: false } };

    const { pool, notes } = declare({ listing: aListing({ claimsFromMetadata }) });

    expect(pool?.clients['billing-worker']).not.toHaveProperty('claimsFromMetadata');
    expect(notes).toMatchObject([{ what: expect.stringContaining('"tier" value not allowed') }]);
  });
});

describe('what else the table holds is named', () => {
  test.each<[string, PoolListing, string]>([
    [
      'records of a client that is gone',
      { clients: new Map([[A_CLIENT_ID, { clientId: A_CLIENT_ID }]]), invalidItems: [] },
      A_CLIENT_ID,
    ],
    ['an item', { clients: new Map(), invalidItems: [{ sortKey: 'JUNK', faults: [] }] }, 'JUNK'],
    ['another name', aListing({ clientName: 'biller' }), '"biller"'],
    ['a scope of nobody', aListing({ addScopes: ['openid'] }), 'openid'],
  ])('%s', (_case, listing, what) => {
    expect(declare({ listing }).notes).toMatchObject([{ what: expect.stringContaining(what) }]);
  });

  test('other pool defaults than those of the first client', () => {
    const other = { ...worker, ClientId: 'other', ClientName: 'viewer' };
    const listing = aListing({});
    const baseline = aBaseline({ clientId: 'other', clientName: 'viewer', defaults: {} });
    const clients = new Map([...listing.clients, ['other', { clientId: 'other', baseline }]]);

    const { notes } = declare({ clients: [worker, other], listing: { ...listing, clients } });

    expect(notes).toMatchObject([{ place: { client: 'viewer' } }]);
  });
});

describe('strings', () => {
  test('strings that look like secrets are not written', () => {
    const { value, notes } = declare({
      clientTexts: new Map([['billing-worker', `uses ${SECRET}`]]),
      pool: { ...deployed.pool, UserPoolTags: { ...deployed.pool.UserPoolTags, key: SECRET } },
      resourceServers: [
        {
          Identifier: 'orders',
          Name: 'Orders',
          Scopes: [
            { ScopeName: 'read', ScopeDescription: SECRET },
            { ScopeName: 'write', ScopeDescription: 'Write' },
          ],
        },
      ],
    });

    expect(notes).toHaveLength(3);
    expect(JSON.stringify([value, notes])).not.toContain(SECRET);
  });

  test('strings of a tag that is called like one of the deploy are not written, and said so', () => {
    const UserPoolTags = { ...deployed.pool.UserPoolTags, Owner: 'ada', team: 'core' };

    const { value, notes } = declare({ pool: { ...deployed.pool, UserPoolTags } });

    expect(value.tags).toEqual({ team: 'core' });
    expect(notes).toMatchObject([{ what: expect.stringContaining('"Owner"') }]);
  });

  test('strings that AWS does not keep are assumed, and said so', () => {
    const { pool, assumed } = declare({ clientTexts: new Map() });

    expect(pool?.clients['billing-worker']?.description).toContain(worker.ClientId);
    expect(assumed).toContainEqual(
      expect.objectContaining({ place: { pool: 'payments', client: 'billing-worker' } }),
    );
  });

  test('strings given for the import win over tags, and stand in for records', () => {
    const bare = { ...deployed, listing: undefined };
    const description = { name: 'test', region: 'eu-central-1', pools: [bare], trigger: undefined };
    const wishes = { owner: 'payments', defaultClaims: { environment: 'legacy' } };

    const { value } = declareEnvironment(description, wishes, contract);

    expect(value).toMatchObject({
      owner: 'payments',
      pools: { payments: { defaults: { claims: { environment: 'legacy' } } } },
    });
  });
});
