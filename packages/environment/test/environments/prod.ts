import { defineEnvironment } from '@cognito-m2m/environment/fixtures';
import { ordersApi, poolDefaults } from './_shared-defaults.ts';

export default defineEnvironment({
  name: 'prod',
  region: 'eu-central-1',
  accountId: '222222222222',
  owner: 'platform',
  state: {
    type: 's3',
    bucket: 'acme-prod-terraform-state',
    kmsKeyArn: 'arn:aws:kms:eu-central-1:222222222222:key/00000000-0000-4000-8000-000000000002',
  },
  trigger: { memoryMb: 1024, reservedConcurrency: 100, provisionedConcurrency: 2 },
  alarmTopicArn: 'arn:aws:sns:eu-central-1:222222222222:platform-alarms',
  pools: {
    payments: {
      owner: 'payments',
      description: 'Services of the payments domain',
      domainPrefix: 'acme-payments',
      resourceServers: ordersApi(),
      defaults: poolDefaults('prod'),
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
    logistics: {
      owner: 'logistics',
      description: 'Services that move goods',
      domainPrefix: 'acme-logistics',
      resourceServers: {
        shipments: {
          name: 'Shipments API',
          scopes: { read: 'Read shipments', dispatch: 'Send a shipment on its way' },
        },
      },
      defaults: poolDefaults('prod'),
      clients: {
        dispatcher: {
          description: 'Sends out what was ordered',
          scopes: ['shipments/read', 'shipments/dispatch'],
          accessTokenMinutes: 15,
          claims: {
            'custom:organization_id': '12345',
            'custom:role': 'editor',
            tier: 'premium',
            permissions: ['shipment.dispatch', 'shipment.recall'],
            depot: 'DE-001',
            limits: { perMinute: 600, burst: { calls: 50, seconds: 1.5 }, regions: ['eu'] },
          },
        },
      },
    },
  },
});
