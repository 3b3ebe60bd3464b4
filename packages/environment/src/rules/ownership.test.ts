import { formatFault } from '@cognito-m2m/claim-schema';
import { contract } from '@cognito-m2m/claim-schema/fixtures';
import { describe, expect, test } from '@jest/globals';
import { aClient, anEnvironment, aPool } from '../../test/an-environment.ts';
import { EnvironmentError } from '../errors.ts';
import { validateEnvironment } from '../validate-environment.ts';

const CLIENT_ID = '1example23456789';
const claims = { environment: 'test' };
const theirs = { clientId: CLIENT_ID, description: 'Bills', claims };
const ours = { description: 'Shows', scopes: ['orders/read'], claims };
const existing = { userPoolId: 'eu-central-1_AbC123XyZ' };
const userTrigger = {
  functionArn: 'arn:aws:lambda:eu-central-1:111111111111:function:user-claims:live',
  eventVersion: 'V2_0',
};

function faultsOf(pools: object): string[] {
  try {
    validateEnvironment(contract, { ...anEnvironment(), pools });
    return [];
  } catch (error) {
    if (!(error instanceof EnvironmentError)) throw error;
    return (error.faults ?? []).map(formatFault);
  }
}

const anExisting = (fields: object = {}) => ({
  store: { existing, clients: { worker: theirs, viewer: ours }, ...fields },
});

describe('an existing pool', () => {
  test('an existing pool needs no more than its ID and its clients', () => {
    const { pools } = validateEnvironment(contract, { ...anEnvironment(), pools: anExisting() });

    expect(pools[0]).toMatchObject({
      existing,
      unknownClients: 'issue-without-claims',
      domainPrefix: undefined,
      resourceServers: { orders: { name: 'orders', scopes: { read: 'orders/read' } } },
      clients: [
        { name: 'worker', clientId: CLIENT_ID, scopes: [] },
        { name: 'viewer', clientId: undefined, scopes: ['orders/read'] },
      ],
    });
  });

  test.each([
    ['a user trigger', { userTrigger }],
    ['denying unknown clients', { unknownClients: 'deny' }],
    ['a secret', { clients: { worker: { ...theirs, secretId: 'shop/billing' } } }],
    [
      'a secret by ARN',
      {
        clients: {
          worker: {
            ...theirs,
            secretId: 'arn:aws:secretsmanager:eu-central-1:111111111111:secret:shop/billing-AbCdEf',
          },
        },
      },
    ],
  ])('an existing pool accepts %s', (_, fields) => {
    expect(faultsOf(anExisting(fields))).toEqual([]);
  });

  test.each([
    ['domainPrefix', 'acme-store'],
    ['plan', 'PLUS'],
    ['resourceServers', { orders: { name: 'Orders', scopes: { read: 'Read' } } }],
    ['webAclArn', 'arn:aws:wafv2:eu-central-1:111111111111:regional/webacl/a/b'],
    [
      'customDomain',
      {
        name: 'auth.example.com',
        certificateArn: 'arn:aws:acm:us-east-1:111111111111:certificate/a',
      },
    ],
  ])('an existing pool leaves %s to its owner', (field, value) => {
    expect(faultsOf(anExisting({ [field]: value }))).toEqual([
      expect.stringContaining(`pools.store.${field}: belongs to the owner of the existing pool`),
    ]);
  });

  test.each([
    ['scopes', ['orders/read']],
    ['accessTokenMinutes', 30],
    ['readers', ['arn:aws:iam::111111111111:role/billing']],
  ])("an existing pool leaves %s of a client to the client's owner", (field, value) => {
    const clients = { worker: { ...theirs, [field]: value } };

    expect(faultsOf(anExisting({ clients }))).toEqual([
      expect.stringContaining(
        `pools.store.clients.worker.${field}: belongs to the owner of the app client`,
      ),
    ]);
  });

  test('an existing pool reports a client ID that is declared twice, and a pool that is', () => {
    const clients = { worker: theirs, twin: theirs };
    const second = { existing: { userPoolId: 'eu-central-1_Second000' }, clients: { far: theirs } };

    const faults = faultsOf({
      ...anExisting({ clients }),
      other: { existing, clients: {} },
      second,
    });

    expect(faults).toEqual([
      expect.stringContaining('pools.other.existing.userPoolId: is also at pools.store.existing'),
      expect.stringContaining(
        'pools.store.clients.twin.clientId: is also at pools.store.clients.worker',
      ),
      expect.stringContaining(
        'pools.second.clients.far.clientId: is also at pools.store.clients.worker',
      ),
    ]);
  });

  test.each([
    ['us-east-1_AbC123XyZ', 'in another Region'],
    ['AbC123XyZ', 'not allowed'],
    ['eu-central-1_AbC 123', 'not allowed'],
  ])('an existing pool refuses the ID %s: %s', (userPoolId, problem) => {
    expect(faultsOf(anExisting({ existing: { userPoolId } })).join()).toContain(
      `pools.store.existing.userPoolId: ${problem}`,
    );
  });

  test.each([
    ['arn:aws:lambda:us-east-1:111111111111:function:f', 'in another Region'],
    [
      'arn:aws:lambda:eu-central-1:111111111111:function:m2m-test-pre-token-generation:live',
      "is this environment's own trigger",
    ],
    [
      'arn:aws:lambda:eu-central-1:111111111111:function:m2m-prod-pre-token-generation',
      'is the trigger of another environment',
    ],
    ['arn:aws:sns:eu-central-1:111111111111:topic', 'not allowed'],
    ['user-claims', 'not allowed'],
  ])('an existing pool refuses the user trigger %s: %s', (functionArn, problem) => {
    expect(faultsOf(anExisting({ userTrigger: { ...userTrigger, functionArn } }))).toEqual([
      expect.stringContaining(`pools.store.userTrigger.functionArn: ${problem}`),
    ]);
  });

  test('an existing pool refuses a scope that is not a custom scope', () => {
    const clients = { viewer: { ...ours, scopes: ['openid'] } };

    expect(faultsOf(anExisting({ clients }))).toEqual([
      expect.stringContaining(
        'pools.store.clients.viewer.scopes[0]: "openid" is not a custom scope',
      ),
    ]);
  });
});

describe('a scope that belongs to Amazon Cognito', () => {
  const scope = 'aws.cognito/dcr/register';

  test.each([
    ['scopes', { scopes: [scope] }, '.scopes[0]'],
    ['addScopes', { addScopes: [scope] }, '.addScopes[0]'],
    ['addScopes, in capital letters,', { addScopes: [scope.toUpperCase()] }, '.addScopes[0]'],
    [
      'claimsByScope',
      { scopes: ['store/read'], claimsByScope: { [scope]: {} } },
      `.claimsByScope["${scope}"]`,
    ],
  ])('a scope that belongs to Amazon Cognito is refused in %s of a client', (_, fields, place) => {
    const fault = `pools.store.clients.viewer${place}: scope "${scope}" belongs to Amazon Cognito`;
    const clients = { viewer: { ...ours, ...fields } };

    const faults = faultsOf(anExisting({ clients })).map((text) => text.toLowerCase());
    expect(faults).toEqual([expect.stringContaining(fault.toLowerCase())]);
  });

  test.each(['scopes', 'addScopes'])(
    'a scope that belongs to Amazon Cognito is not one that a pool of ours can declare: %s',
    (list) => {
      const clients = { worker: aClient({ [list]: [scope] }) };

      expect(faultsOf({ payments: { ...aPool(), clients } }).join('\n')).toContain(
        `pools.payments.clients.worker.${list}[0]: scope "${scope}" is not declared`,
      );
    },
  );
});

describe('a pool of ours', () => {
  test.each([
    [
      'a client of somebody else',
      { clients: { worker: aClient({ clientId: CLIENT_ID }) } },
      'clientId',
    ],
    ['a secret of somebody else', { clients: { worker: aClient({ secretId: 'x' }) } }, 'secretId'],
    ['a user trigger', { userTrigger }, 'userTrigger'],
    ['no domain', { domainPrefix: undefined }, 'domainPrefix'],
    ['no resource server', { resourceServers: undefined, clients: {} }, 'resourceServers'],
  ])('a pool of ours cannot have %s', (_, fields, field) => {
    const pool = Object.fromEntries(
      Object.entries({ ...aPool(), ...fields }).filter(([, value]) => value !== undefined),
    );

    expect(faultsOf({ payments: pool }).join('\n')).toContain(field);
  });

  test('a pool of ours may have a domain of its own instead of a prefix, with a certificate in us-east-1', () => {
    const { domainPrefix: _, ...pool } = aPool();
    const at = (region: string) => ({
      name: 'auth.example.com',
      certificateArn: `arn:aws:acm:${region}:111111111111:certificate/a-b`,
    });

    expect(faultsOf({ payments: { ...pool, customDomain: at('us-east-1') } })).toEqual([]);
    expect(faultsOf({ payments: { ...pool, customDomain: at('eu-central-1') } })).toEqual([
      expect.stringContaining('pools.payments.customDomain.certificateArn: in another Region'),
    ]);
  });
});

test.each(['one-pool', 'one-pool-two', 'a-pool'])(
  'an environment cannot be called %s, because its stacks could have the names of another',
  (name) => {
    expect(() => validateEnvironment(contract, anEnvironment({ name }))).toThrow('without "-pool');
  },
);

test.each(['pool', 'pool-one', 'carpool', 'one-pools'])(
  'an environment may be called %s',
  (name) => {
    expect(validateEnvironment(contract, anEnvironment({ name })).name).toBe(name);
  },
);
