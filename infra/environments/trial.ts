import { defineEnvironment } from '@cognito-m2m/contract';
import { ordersApi, poolDefaults } from './_shared-defaults.ts';

/** For a try in any AWS account: no other deployment has its names, and `destroy 'trial-*'` removes everything. */
export default defineEnvironment({
  name: 'trial',
  region: 'eu-central-1',
  owner: 'platform',
  isDisposable: true,
  pools: {
    payments: {
      description: 'Services of the payments domain',
      domainPrefix: 'm2m-trial-{accountId}',
      resourceServers: ordersApi(),
      defaults: poolDefaults('trial'),
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
