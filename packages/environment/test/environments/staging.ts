import { defineEnvironment } from '@cognito-m2m/environment/fixtures';
import { ordersApi, poolDefaults } from './_shared-defaults.ts';

export default defineEnvironment({
  name: 'staging',
  region: 'eu-central-1',
  accountId: '111111111111',
  owner: 'platform',
  state: {
    type: 's3',
    bucket: 'acme-staging-terraform-state',
    kmsKeyArn: 'arn:aws:kms:eu-central-1:111111111111:key/00000000-0000-4000-8000-000000000001',
  },
  trigger: { logRetentionDays: 30 },
  pools: {
    payments: {
      owner: 'payments',
      description: 'Services of the payments domain',
      domainPrefix: 'acme-staging-payments',
      resourceServers: ordersApi(),
      defaults: poolDefaults('staging'),
      clients: {
        'billing-worker': {
          description: 'Invoices orders every night',
          scopes: ['orders/read', 'orders/write'],
          claims: { 'custom:organization_id': '12345', 'custom:role': 'admin', tier: 'premium' },
          claimsByScope: { 'orders/write': { approval_limit: 5000 } },
        },
      },
    },
  },
});
