import type { PoolInput } from '@cognito-m2m/contract';

type ResourceServers = NonNullable<PoolInput['resourceServers']>;
type PoolDefaults = NonNullable<PoolInput['defaults']>;

/**
 * What all pools of the payments domain share: the environments differ only in their clients.
 *
 * Shared values come through plain functions, so that an environment file still says everything that is in it.
 */
export function ordersApi(): ResourceServers {
  return {
    orders: { name: 'Orders API', scopes: { read: 'Read orders', write: 'Place orders' } },
  };
}

/** The claims and the token life that every client of a pool begins with. */
export function poolDefaults(environment: string): PoolDefaults {
  return { claims: { environment }, accessTokenMinutes: 30 };
}
