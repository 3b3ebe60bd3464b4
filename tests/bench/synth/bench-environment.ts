import type { EnvironmentInput, PoolInput } from '@cognito-m2m/environment';

/** How many pools every case has. */
export const POOL_COUNT = 20;

/** An environment of many pools, each client with two scopes and the claims of the README's example. */
export function benchEnvironment(clientsPerPool: number): EnvironmentInput {
  const clients: PoolInput['clients'] = Object.fromEntries(
    Array.from({ length: clientsPerPool }, (_, index) => [
      `client-${index}`,
      {
        description: `The service number ${index}`,
        scopes: ['orders/read', 'orders/write'],
        claims: {
          'custom:organization_id': String(index),
          'custom:role': 'admin',
          tier: 'premium',
        },
        claimsByScope: { 'orders/write': { approval_limit: 5000 } },
      },
    ]),
  );
  const pools = Array.from({ length: POOL_COUNT }, (_, index): [string, PoolInput] => [
    `pool-${index}`,
    {
      domainPrefix: `acme-bench-${index}`,
      resourceServers: {
        orders: { name: 'Orders API', scopes: { read: 'Read orders', write: 'Place orders' } },
      },
      defaults: { claims: { environment: 'bench' } },
      clients,
    },
  ]);
  return {
    name: 'bench',
    region: 'eu-central-1',
    owner: 'platform',
    state: { type: 'local' },
    pools: Object.fromEntries(pools),
  };
}
