import type { ClientInput, EnvironmentInput, PoolInput } from '@cognito-m2m/environment';

/** A valid client that may place orders; `overrides` replace its fields. */
export function aClient(overrides: Partial<ClientInput> = {}): ClientInput {
  return {
    description: 'Invoices orders every night',
    scopes: ['orders/read', 'orders/write'],
    claims: { 'custom:organization_id': '12345', 'custom:role': 'admin', tier: 'premium' },
    ...overrides,
  };
}

/** A valid pool with one client called `billing-worker`; `overrides` replace its fields. */
export function aPool(overrides: Partial<PoolInput> = {}): PoolInput {
  return {
    domainPrefix: 'acme-test-payments',
    resourceServers: {
      orders: { name: 'Orders API', scopes: { read: 'Read orders', write: 'Place orders' } },
    },
    defaults: { claims: { environment: 'test' } },
    clients: { 'billing-worker': aClient() },
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
    pools: { payments: aPool({ clients: { 'billing-worker': client as ClientInput } }) },
  });
}
