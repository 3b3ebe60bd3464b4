import { contract } from '@cognito-m2m/claim-schema/fixtures';
import {
  aClient,
  anEnvironment,
  anEnvironmentWith,
  aPool,
} from '@cognito-m2m/environment/fixtures';
import { describe, expect, test } from '@jest/globals';
import { EnvironmentError } from './errors.ts';
import { validateEnvironment } from './validate-environment.ts';

/** Where the faults of an environment are, sorted. */
function pathsOf(input: unknown): string[] {
  try {
    validateEnvironment(contract, input);
    return [];
  } catch (error) {
    if (error instanceof EnvironmentError) return error.faults.map(({ path }) => path).sort();
    throw error;
  }
}

describe('a fault hides no other', () => {
  test('the validation looks below a pool and a client whose names are faults themselves', () => {
    const client = { ...aClient({ scopes: ['orders/none'] }), accessTokenMinutes: 4 };
    const pools = {
      'Bad Pool': aPool({ domainPrefix: 'Bad', clients: { 'bad client': client } }),
    };

    expect(pathsOf(anEnvironment({ pools }))).toEqual([
      'pools["Bad Pool"]',
      'pools["Bad Pool"].clients["bad client"]',
      'pools["Bad Pool"].clients["bad client"].accessTokenMinutes',
      'pools["Bad Pool"].clients["bad client"].scopes[0]',
      'pools["Bad Pool"].domainPrefix',
    ]);
  });

  test('the validation looks below a resource server and next to a scope whose names are faults', () => {
    const server = { name: 'Bad*', scopes: { 'a b': '', read: '' } };
    const pools = { payments: aPool({ resourceServers: { 'a b': server } as never, clients: {} }) };

    expect(pathsOf(anEnvironment({ pools }))).toEqual([
      'pools.payments.resourceServers["a b"]',
      'pools.payments.resourceServers["a b"].name',
      'pools.payments.resourceServers["a b"].scopes.read',
      'pools.payments.resourceServers["a b"].scopes["a b"]',
      'pools.payments.resourceServers["a b"].scopes["a b"]',
    ]);
  });

  test('the validation says of no pool that is left out as faulty that none is declared', () => {
    const pools = { 'Bad Pool': 1, payments: 2 } as never;

    expect(pathsOf(anEnvironment({ pools }))).toEqual([
      'pools.payments',
      'pools["Bad Pool"]',
      'pools["Bad Pool"]',
    ]);
  });

  test('the validation asks whether a client with a bad name gets a token', () => {
    const pools = { payments: aPool({ defaults: {}, clients: { 'bad client': aClient() } }) };

    expect(pathsOf(anEnvironment({ pools }))).toEqual([
      'pools.payments.clients["bad client"]',
      'pools.payments.clients["bad client"]',
    ]);
  });

  test('the validation looks at the fields next to an unknown one', () => {
    const client = { ...aClient({ scopes: ['orders/none'] }), nope: 1 };

    expect(pathsOf(anEnvironmentWith(client))).toEqual([
      'pools.payments.clients.billing-worker.nope',
      'pools.payments.clients.billing-worker.scopes[0]',
    ]);
  });

  test('the validation takes a scope for declared whose description is faulty', () => {
    const orders = { name: 'Orders API', scopes: { read: '', write: 'Place orders' } };
    const pools = { payments: aPool({ resourceServers: { orders } }) };

    expect(pathsOf(anEnvironment({ pools }))).toEqual([
      'pools.payments.resourceServers.orders.scopes.read',
    ]);
  });

  test.each([
    [{ maxStaleSeconds: -1 }, 'trigger.maxStaleSeconds'],
    [{ cacheSeconds: 3600, maxStaleSeconds: -1 }, 'trigger.maxStaleSeconds'],
    [{ cacheSeconds: -1 }, 'trigger.cacheSeconds'],
    [{ reservedConcurrency: 0, provisionedConcurrency: 5 }, 'trigger.reservedConcurrency'],
    [{ provisionedConcurrency: -1 }, 'trigger.provisionedConcurrency'],
  ])('a faulty setting is compared with no other: %j', (trigger, path) => {
    expect(pathsOf(anEnvironment({ trigger }))).toEqual([path]);
  });
});
