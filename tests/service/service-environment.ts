import { contract } from '@cognito-m2m/claim-schema/fixtures';
import { validateEnvironment } from '@cognito-m2m/environment';

/** Two pools: one whose services may call the orders API, and one that has nothing to do with it. */
export const serviceEnvironment = validateEnvironment(contract, {
  name: 'service',
  region: 'eu-central-1',
  owner: 'platform',
  state: { type: 'local' },
  isDisposable: true,
  pools: {
    payments: {
      domainPrefix: 'acme-service-payments',
      resourceServers: {
        orders: { name: 'Orders API', scopes: { read: 'Read orders', write: 'Place orders' } },
      },
      defaults: { claims: { environment: 'service', 'custom:organization_id': '12345' } },
      clients: {
        'billing-worker': {
          description: 'Approves invoices',
          scopes: ['orders/read', 'orders/write'],
          claims: { tier: 'premium' },
          claimsByScope: { 'orders/write': { approval_limit: 5000 } },
        },
      },
    },
    partners: {
      domainPrefix: 'acme-service-partners',
      resourceServers: { orders: { name: 'Orders API', scopes: { read: 'Read orders' } } },
      defaults: { claims: { environment: 'service', 'custom:organization_id': '99999' } },
      clients: { partner: { description: 'Another company', scopes: ['orders/read'] } },
    },
  },
});
