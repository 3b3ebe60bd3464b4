import type { ClientInput, EnvironmentInput, PoolInput } from '@cognito-m2m/environment';

/** A client that may place orders. */
export function aClient(changes: Partial<ClientInput> = {}): ClientInput {
  return {
    description: 'Invoices orders every night',
    scopes: ['orders/read', 'orders/write'],
    claims: { 'custom:organization_id': '12345', 'custom:role': 'admin', tier: 'premium' },
    ...changes,
  };
}

/** A pool with one resource server and one client, `billing-worker`. */
export function aPool(changes: Partial<PoolInput> = {}): PoolInput {
  return {
    domainPrefix: 'acme-test-payments',
    resourceServers: {
      orders: { name: 'Orders API', scopes: { read: 'Read orders', write: 'Place orders' } },
    },
    defaults: { claims: { environment: 'test' } },
    clients: { 'billing-worker': aClient() },
    ...changes,
  };
}

/** An environment with one pool, `payments`. */
export function anEnvironment(changes: Partial<EnvironmentInput> = {}): EnvironmentInput {
  return {
    name: 'test',
    region: 'eu-central-1',
    owner: 'platform',
    state: { type: 'local' },
    pools: { payments: aPool() },
    ...changes,
  };
}
