import type { EnvironmentInput } from '@cognito-m2m/environment';

/** The environment that the test deploys: two pools of different owners. */
export function trialEnvironment(): EnvironmentInput {
  return {
    name: 'trial',
    region: 'eu-central-1',
    owner: 'platform',
    state: { type: 'local' },
    isDisposable: true,
    trigger: { reservedConcurrency: 10, provisionedConcurrency: 1 },
    alarmTopicArn: 'arn:aws:sns:eu-central-1:123456789012:alarms',
    pools: {
      payments: {
        owner: 'payments',
        domainPrefix: 'acme-trial-payments',
        customDomain: {
          name: 'auth.example.com',
          certificateArn: 'arn:aws:acm:us-east-1:123456789012:certificate/a-certificate',
        },
        resourceServers: {
          orders: { name: 'Orders API', scopes: { read: 'Read orders', write: 'Place orders' } },
        },
        defaults: { claims: { environment: 'trial' } },
        clients: {
          'billing-worker': {
            description: 'Invoices ${orders} every %{night}',
            scopes: ['orders/read', 'orders/write'],
            // Terraform must take none of it for an expression.
            claims: { 'custom:organization_id': '${path.root} %{ if true }$${x}', tier: 'premium' },
            claimsByScope: { 'orders/write': { approval_limit: 5000 } },
          },
          'report-viewer': {
            description: 'Shows order figures to a tenant',
            scopes: ['orders/read'],
            claimsFromMetadata: { tenant_id: { key: 'tenant', allow: ['t-1', 't-2'] } },
          },
        },
      },
      logistics: {
        owner: 'logistics',
        domainPrefix: 'acme-trial-{accountId}',
        resourceServers: { shipments: { name: 'Shipments API', scopes: { read: 'Read' } } },
        defaults: { claims: { environment: 'trial' } },
        clients: {
          dispatcher: { description: 'Sends goods', scopes: ['shipments/read'] },
        },
      },
    },
  };
}

/** The same after a busy day in one pool: a client more, another claim, a scope with another name. */
export function changedEnvironment(): EnvironmentInput {
  const environment = trialEnvironment();
  const payments = environment.pools['payments'];
  const worker = payments?.clients['billing-worker'];
  if (payments === undefined || worker === undefined) throw new Error('no such client');
  const changed = {
    ...payments,
    resourceServers: {
      orders: { name: 'Orders API', scopes: { read: 'Read orders', place: 'Place orders' } },
    },
    clients: {
      ...payments.clients,
      'billing-worker': {
        ...worker,
        scopes: ['orders/read', 'orders/place'],
        claims: { ...worker.claims, tier: 'free' as const },
        claimsByScope: { 'orders/place': { approval_limit: 5000 } },
      },
      auditor: { description: 'Reads what was ordered', scopes: ['orders/read'] },
    },
  };
  return { ...environment, pools: { ...environment.pools, payments: changed } };
}
