import { defineEnvironment } from '@cognito-m2m/environment/fixtures';

export default defineEnvironment({
  name: 'prod',
  region: 'eu-central-1',
  accountId: '111111111111',
  owner: 'platform',
  tags: { costCenter: 'cc-4711' },
  state: {
    type: 's3',
    bucket: 'acme-prod-terraform-state',
    kmsKeyArn: 'arn:aws:kms:eu-central-1:111111111111:key/abcd',
  },
  trigger: { cacheSeconds: 30, maxStaleSeconds: 900, sizeBudgetBytes: 4096 },
  alarmTopicArn: 'arn:aws:sns:eu-central-1:111111111111:alarms',
  watch: { everyMinutes: 5, heal: ['trigger'] },
  pools: {
    payments: {
      description: 'Services of the payments domain',
      domainPrefix: 'acme-prod-payments',
      resourceServers: {
        orders: { name: 'Orders API', scopes: { read: 'Read orders', write: 'Change orders' } },
      },
      defaults: { claims: { environment: 'prod' }, accessTokenMinutes: 30 },
      canary: 'billing-worker',
      clients: {
        'billing-worker': {
          description: 'Invoices orders every night',
          scopes: ['orders/read', 'orders/write'],
          claims: { 'custom:organization_id': '12345', tier: 'premium' },
          claimsByScope: { 'orders/write': { approval_limit: 5000 } },
          readers: ['arn:aws:iam::222222222222:role/billing'],
        },
        'report-viewer': {
          description: 'Shows order figures of one tenant at a time',
          owner: 'reporting',
          scopes: ['orders/read'],
          accessTokenMinutes: 15,
          claimsFromMetadata: {
            tenant_id: { key: 'tenant', allow: ['t-1', 't-2'], required: true },
          },
        },
      },
    },
  },
});
