import type { FixturePool } from '@cognito-m2m/environment/fixtures';

type ResourceServers = NonNullable<FixturePool['resourceServers']>;
type PoolDefaults = NonNullable<FixturePool['defaults']>;

/**
 * What all pools of the payments domain declare alike: the environments differ only in their clients.
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
