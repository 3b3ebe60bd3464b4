import { defineEnvironment } from '@cognito-m2m/environment/fixtures';

/** Three clients no two of which may ever get the same token. */
export default defineEnvironment({
  name: 'soak',
  region: 'eu-central-1',
  owner: 'platform',
  state: { type: 'local' },
  isDisposable: true,
  trigger: { cacheSeconds: 1 },
  pools: {
    payments: {
      domainPrefix: 'acme-soak-payments',
      resourceServers: {
        orders: { name: 'Orders API', scopes: { read: 'Read orders', write: 'Place orders' } },
      },
      defaults: { claims: { environment: 'soak' } },
      clients: {
        writer: {
          description: 'Has a claim that one scope brings',
          scopes: ['orders/read', 'orders/write'],
          claims: { 'custom:organization_id': '11111', 'custom:role': 'admin', tier: 'premium' },
          claimsByScope: { 'orders/write': { approval_limit: 5000 } },
        },
        tenant: {
          description: 'Has a claim that the caller chooses',
          scopes: ['orders/read'],
          claims: { 'custom:organization_id': '22222', 'custom:role': 'viewer', tier: 'free' },
          claimsFromMetadata: {
            tenant_id: { key: 'tenant', allow: ['t-1', 't-2'], required: true },
          },
        },
        plain: {
          description: 'Has the least',
          scopes: ['orders/write'],
          claims: { 'custom:organization_id': '33333', 'custom:role': 'viewer' },
        },
      },
    },
  },
});
