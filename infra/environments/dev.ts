import { defineEnvironment } from '@cognito-m2m/contract';
import { ordersApi, poolDefaults } from './_shared-defaults.ts';

export default defineEnvironment({
  name: 'dev',
  region: 'eu-central-1',
  owner: 'platform',
  trigger: { logRetentionDays: 14 },
  pools: {
    payments: {
      owner: 'payments',
      description: 'Services of the payments domain',
      domainPrefix: 'acme-dev-payments',
      resourceServers: ordersApi(),
      defaults: poolDefaults('dev'),
      clients: {
        'billing-worker': {
          description: 'Invoices orders every night',
          scopes: ['orders/read', 'orders/write'],
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
