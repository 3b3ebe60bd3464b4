import type { ClientInput, EnvironmentInput, PoolInput } from './environment.ts';

/** A valid client; `overrides` replace its fields. */
export function aClient(overrides: Partial<ClientInput> = {}): ClientInput {
  return { description: 'Invoices orders', scopes: ['orders/read'], ...overrides };
}

/** A valid pool with one client called `worker`; `overrides` replace its fields. */
export function aPool(overrides: Partial<PoolInput> = {}): PoolInput {
  return {
    domainPrefix: 'acme-test-payments',
    resourceServers: { orders: { name: 'Orders API', scopes: { read: 'Read', write: 'Write' } } },
    defaults: { claims: { environment: 'test' } },
    clients: { worker: aClient() },
    ...overrides,
  };
}

/** A valid environment with one pool called `payments`; `overrides` replace its fields. */
export function anEnvironment(overrides: Partial<EnvironmentInput> = {}): EnvironmentInput {
  return {
    name: 'test',
    region: 'eu-central-1',
    owner: 'platform',
    state: { type: 'local' },
    pools: { payments: aPool() },
    ...overrides,
  };
}

/** An environment whose only client is `client`, faults included. */
export function anEnvironmentWith(client: object): object {
  return anEnvironment({
    pools: { payments: aPool({ clients: { worker: client as ClientInput } }) },
  });
}
