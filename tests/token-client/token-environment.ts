import { contract } from '@cognito-m2m/claim-schema/fixtures';
import { type EnvironmentInput, validateEnvironment } from '@cognito-m2m/environment';

/** The life of every token, in seconds: the shortest that Amazon Cognito allows. */
export const TOKEN_LIFE_SECONDS = 300;

/** One pool with a service that works for itself and one that works for tenants. */
export const TOKEN_ENVIRONMENT: EnvironmentInput = {
  name: 'tokens',
  region: 'eu-central-1',
  owner: 'platform',
  state: { type: 'local' },
  isDisposable: true,
  trigger: { cacheSeconds: 1 },
  pools: {
    payments: {
      domainPrefix: 'acme-tokens-payments',
      resourceServers: {
        orders: { name: 'Orders API', scopes: { read: 'Read orders', write: 'Place orders' } },
      },
      defaults: { claims: { environment: 'tokens' }, accessTokenMinutes: TOKEN_LIFE_SECONDS / 60 },
      clients: {
        worker: {
          description: 'Works for itself',
          scopes: ['orders/read', 'orders/write'],
          claims: { tier: 'premium' },
        },
        portal: {
          description: 'Works for tenants',
          scopes: ['orders/read'],
          claimsFromMetadata: {
            tenant_id: { key: 'tenant', allow: ['t-1', 't-2', 't-3'], required: true },
          },
        },
      },
    },
  },
};

/** The same, validated. */
export const tokenEnvironment = validateEnvironment(contract, TOKEN_ENVIRONMENT);
