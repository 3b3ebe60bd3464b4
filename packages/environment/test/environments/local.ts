import { defineEnvironment } from '@cognito-m2m/environment/fixtures';

export default defineEnvironment({
  name: 'local',
  region: 'eu-central-1',
  owner: 'platform',
  isDisposable: true,
  // A change shows in the next second; deployed environments keep the default of 30.
  trigger: { cacheSeconds: 1 },
  pools: {
    payments: {
      description: 'Services of the payments domain',
      domainPrefix: 'acme-local-payments',
      resourceServers: {
        orders: { name: 'Orders API', scopes: { read: 'Read orders', write: 'Place orders' } },
      },
      defaults: { claims: { environment: 'local' } },
      clients: {
        'billing-worker': {
          description: 'Invoices orders every night',
          scopes: ['orders/read', 'orders/write'],
          accessTokenMinutes: 30,
          claims: { 'custom:organization_id': '12345', 'custom:role': 'admin', tier: 'premium' },
          claimsByScope: { 'orders/write': { approval_limit: 5000 } },
        },
        'report-viewer': {
          description: 'Shows order figures to a tenant',
          scopes: ['orders/read'],
          claims: { 'custom:organization_id': '12345', 'custom:role': 'viewer', tier: 'free' },
          claimsFromMetadata: {
            tenant_id: { key: 'tenant', allow: ['t-1', 't-2'], required: true },
          },
        },
      },
    },
  },
});
