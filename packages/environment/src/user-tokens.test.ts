import type { Fault } from '@cognito-m2m/claim-schema';
import { contract } from '@cognito-m2m/claim-schema/fixtures';
import { decodeItem, encodeRecord } from '@cognito-m2m/claim-schema/records';
import {
  aClient,
  anEnvironment,
  aPool,
  aTokenClient,
  STAFF_ISSUER,
} from '@cognito-m2m/environment/fixtures';
import { describe, expect, test } from '@jest/globals';
import { toBaselineRecord } from './baseline-record.ts';
import type { ClientInput, EnvironmentInput, TokenIssuerInput } from './environment.ts';
import { EnvironmentError } from './errors.ts';
import { toTokenIssuersVariable } from './trigger-variables.ts';
import { validateEnvironment } from './validate-environment.ts';

function environmentOf(
  fields: {
    readonly issuer?: Partial<TokenIssuerInput>;
    readonly client?: Partial<ClientInput>;
    readonly name?: string;
  } = {},
): EnvironmentInput {
  const tokenIssuers = { staff: { ...STAFF_ISSUER, ...fields.issuer } };
  const clients = { agent: { ...aTokenClient(), ...fields.client } };
  const pools = { payments: aPool({ tokenIssuers, clients }) };
  return anEnvironment({ pools, ...(fields.name !== undefined && { name: fields.name }) });
}

function faultsOf(input: unknown): readonly Fault[] {
  try {
    validateEnvironment(contract, input);
    return [];
  } catch (error) {
    if (error instanceof EnvironmentError) return error.faults;
    throw error;
  }
}

const selectorOf = (fields: object) =>
  ({ claimsFromToken: { ...aTokenClient().claimsFromToken, ...fields } }) as Partial<ClientInput>;

describe('a client that acts on behalf of users', () => {
  test('a client that acts on behalf of users has a baseline with its issuer, which survives the way through the table', () => {
    const [pool] = validateEnvironment(contract, environmentOf()).pools;
    const [client] = pool?.clients ?? [];
    if (!pool || !client) throw new Error('the fixture declares a pool with a client');

    const record = toBaselineRecord(pool, client, { userPoolId: 'p_1', clientId: 'c1' });

    expect(record.claimsFromToken).toEqual({
      key: 'user_token',
      issuer: { name: 'staff', ...STAFF_ISSUER, audience: [] },
      required: true,
      maxAgeSeconds: 300,
      claims: { on_behalf_of: 'sub' },
    });
    expect(decodeItem(encodeRecord(record))).toEqual({ isValid: true, record });
  });

  test('a client that acts on behalf of users is one among others, which have a baseline without any', () => {
    const [pool] = validateEnvironment(contract, anEnvironment()).pools;
    const [client] = pool?.clients ?? [];
    if (!pool || !client) throw new Error('the fixture declares a pool with a client');

    const record = toBaselineRecord(pool, client, { userPoolId: 'p_1', clientId: 'c1' });

    expect(record.claimsFromToken).toBeUndefined();
  });
});

describe('the variable of the trigger', () => {
  test('the variable of the trigger holds each issuer once, with the address of its keys if that is declared', () => {
    const jwksUri = 'https://keys.example/jwks';
    const partner = { issuer: 'https://login.example', audience: ['payments'], jwksUri };
    const tokenIssuers = { staff: STAFF_ISSUER, partner };
    const pools = {
      one: aPool({ tokenIssuers }),
      two: aPool({ tokenIssuers, domainPrefix: 'two' }),
    };

    const variable = toTokenIssuersVariable(
      validateEnvironment(contract, anEnvironment({ pools })),
    );

    expect(JSON.parse(variable ?? '')).toEqual([
      { issuer: STAFF_ISSUER.issuer },
      { issuer: 'https://login.example', jwksUri },
    ]);
  });

  test('the variable of the trigger is absent where no pool declares an issuer', () => {
    expect(toTokenIssuersVariable(validateEnvironment(contract, anEnvironment()))).toBeUndefined();
  });
});

const ISSUER = 'pools.payments.tokenIssuers.staff';
const SELECTOR = 'pools.payments.clients.agent.claimsFromToken';

describe('an issuer is refused', () => {
  test.each<[string, Partial<TokenIssuerInput>, string]>([
    ['over HTTP', { issuer: 'http://login.example' }, `${ISSUER}.issuer`],
    [
      'on this machine, in an environment that is deployed',
      { issuer: 'http://localhost:1' },
      `${ISSUER}.issuer`,
    ],
    ['that is not a URL', { issuer: 'login.example' }, `${ISSUER}.issuer`],
    ['with a space', { issuer: ' https://login.example' }, `${ISSUER}.issuer`],
    ['with a query', { issuer: 'https://login.example?a=b' }, `${ISSUER}.issuer`],
    ['with a fragment', { issuer: 'https://login.example#a' }, `${ISSUER}.issuer`],
    ['with a user', { issuer: 'https://me@login.example' }, `${ISSUER}.issuer`],
    ['with a password', { issuer: 'https://:x@login.example' }, `${ISSUER}.issuer`],
    ['with a line break at its end', { issuer: 'https://login.example\n' }, `${ISSUER}.issuer`],
    ['with a tab inside', { issuer: 'https://login\t.example' }, `${ISSUER}.issuer`],
    ['with capital letters', { issuer: 'https://Login.example' }, `${ISSUER}.issuer`],
    ['with the default port', { issuer: 'https://login.example:443' }, `${ISSUER}.issuer`],
    ['without slashes', { issuer: 'https:login.example' }, `${ISSUER}.issuer`],
    ['with backslashes', { issuer: 'https:\\\\login.example' }, `${ISSUER}.issuer`],
    ['with dots in its path', { issuer: 'https://login.example/a/../b' }, `${ISSUER}.issuer`],
    [
      'that is a user pool with a line break',
      { issuer: `${STAFF_ISSUER.issuer}\n` },
      `${ISSUER}.issuer`,
    ],
    [
      'with keys at an address with a tab',
      { jwksUri: 'https://l.example/\tk' },
      `${ISSUER}.jwksUri`,
    ],
    ['that is too long', { issuer: `https://${'a'.repeat(505)}` }, `${ISSUER}.issuer`],
    ['with keys over HTTP', { jwksUri: 'http://login.example/keys' }, `${ISSUER}.jwksUri`],
    ['that accepts every application', { clientIds: [] }, ISSUER],
    ['with an audience that has a space', { audience: ['a b'] }, `${ISSUER}.audience[0]`],
    ['with a use that does not exist', { tokenUse: 'refresh' as never }, `${ISSUER}.tokenUse`],
  ])('%s', (_what, issuer, path) => {
    expect(faultsOf(environmentOf({ issuer })).map((fault) => fault.path)).toEqual([path]);
  });

  test('an issuer is refused that is a user pool of Amazon Cognito and does not name the kind of token', () => {
    const { tokenUse: _, ...issuer } = STAFF_ISSUER;
    const pools = { payments: aPool({ tokenIssuers: { staff: issuer } }) };

    expect(faultsOf(anEnvironment({ pools }))).toMatchObject([{ path: `${ISSUER}.tokenUse` }]);
  });

  test('an issuer is refused with a name that does not fit a log line', () => {
    const pools = { payments: aPool({ tokenIssuers: { 'Staff users': STAFF_ISSUER } }) };

    expect(faultsOf(anEnvironment({ pools }))).toMatchObject([{ problem: 'bad name' }]);
  });

  test('an issuer is refused together with so many others that the function has no room for them', () => {
    const issuers = Array.from({ length: 60 }, (_, index) => [
      `i${index}`,
      { issuer: `https://login-${index}.example.com/a/long/path`, audience: ['payments'] },
    ]);
    const pools = { payments: aPool({ tokenIssuers: Object.fromEntries(issuers) }) };

    expect(faultsOf(anEnvironment({ pools }))).toMatchObject([{ path: 'pools' }]);
  });
});

describe('an issuer is accepted', () => {
  test.each<[string, Partial<TokenIssuerInput>, string]>([
    [
      'on this machine, in the environment "local"',
      { issuer: 'http://localhost:9229/pool' },
      'local',
    ],
    ['on this machine by its address', { issuer: 'http://127.0.0.1:9229' }, 'local'],
    ['with an audience and no client', { clientIds: [], audience: ['payments'] }, 'test'],
    ['of another kind, without a kind of token', { issuer: 'https://login.example/' }, 'test'],
  ])('%s', (_what, issuer, name) => {
    expect(faultsOf(environmentOf({ issuer, name }))).toEqual([]);
  });
});

describe('what a client takes from a token is refused', () => {
  test.each<[string, object, string]>([
    ['if its issuer is not declared', { issuer: 'other' }, `${SELECTOR}.issuer`],
    ['if it takes nothing', { claims: {} }, `${SELECTOR}.claims`],
    [
      'if the claim is not verified in the contract',
      { claims: { tier: 'plan' } },
      `${SELECTOR}.claims.tier`,
    ],
    [
      'if the claim is not in the contract',
      { claims: { toString: 'sub' } },
      `${SELECTOR}.claims.toString`,
    ],
    [
      'if it names no claim of the token',
      { claims: { on_behalf_of: '' } },
      `${SELECTOR}.claims.on_behalf_of`,
    ],
    [
      'if the token may be older than an hour',
      { maxAgeSeconds: 3601 },
      `${SELECTOR}.maxAgeSeconds`,
    ],
    ['if the token may only be 29 seconds old', { maxAgeSeconds: 29 }, `${SELECTOR}.maxAgeSeconds`],
    ['if it names no key', { key: '' }, `${SELECTOR}.key`],
    ['if it has a field that does not exist', { audience: ['a'] }, `${SELECTOR}.audience`],
  ])('%s', (_what, fields, path) => {
    const faults = faultsOf(environmentOf({ client: selectorOf(fields) }));

    expect(faults.map((fault) => fault.path)).toEqual([path]);
  });

  test('what a client takes from a token is refused if its key is one of the metadata too', () => {
    const client = {
      claimsFromMetadata: { tenant_id: { key: 'user_token', allow: ['t-1'] } },
    } as Partial<ClientInput>;

    expect(faultsOf(environmentOf({ client }))).toMatchObject([{ path: `${SELECTOR}.key` }]);
  });

  test('what a client takes from a token is refused if the pool declares no issuer', () => {
    const pools = { payments: aPool({ clients: { agent: aTokenClient() } }) };

    expect(faultsOf(anEnvironment({ pools }))).toMatchObject([
      { path: `${SELECTOR}.issuer`, expected: 'an entry of tokenIssuers' },
    ]);
  });
});

describe('a claim that only a verified token may fill is refused', () => {
  const claims = { on_behalf_of: 'admin' };

  test.each<[string, Partial<ClientInput>, string]>([
    ['in the claims of a client', { claims }, 'claims.on_behalf_of'],
    [
      'in the claims of a scope',
      { claimsByScope: { 'orders/read': claims } },
      'claimsByScope.orders/read.on_behalf_of',
    ],
    [
      'in the metadata',
      { claimsFromMetadata: { on_behalf_of: { key: 'user', allow: ['admin'] } } },
      'claimsFromMetadata.on_behalf_of',
    ],
  ])('%s', (_what, fields, path) => {
    const pools = { payments: aPool({ clients: { worker: aClient(fields) } }) };

    expect(faultsOf(anEnvironment({ pools }))).toEqual([
      {
        path: `pools.payments.clients.worker.${path}`,
        problem: 'only a verified user token can set "on_behalf_of"',
        expected: 'claimsFromToken of a client',
      },
    ]);
  });

  test('a claim that only a verified token may fill is refused in the defaults of a pool', () => {
    const defaults = { claims: { environment: 'test', on_behalf_of: 'admin' } };

    expect(faultsOf(anEnvironment({ pools: { payments: aPool({ defaults }) } }))).toMatchObject([
      { path: 'pools.payments.defaults.claims.on_behalf_of' },
    ]);
  });
});
