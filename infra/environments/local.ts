import { defineEnvironment } from '@cognito-m2m/contract';

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
      // The pool `users` below and the ID of its app client. Local Cognito reads the port as that of the server, whichever it is.
      tokenIssuers: {
        staff: {
          issuer: 'http://127.0.0.1:8787/eu-central-1_Local0002',
          clientIds: ['6v673yp5p4t6nfig1rrorlnruv'],
          tokenUse: 'access',
        },
      },
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
        'support-agent': {
          description: 'Answers questions about orders on behalf of a user',
          scopes: ['orders/read'],
          accessTokenMinutes: 5,
          claims: { 'custom:organization_id': '12345', 'custom:role': 'viewer', tier: 'premium' },
          claimsFromToken: {
            key: 'user_token',
            issuer: 'staff',
            required: true,
            claims: { on_behalf_of: 'sub' },
          },
        },
      },
    },
    // Stands in for the pool that users sign in to: its tokens are what users send.
    users: {
      description: 'Users of the staff portal',
      domainPrefix: 'acme-local-users',
      resourceServers: { portal: { name: 'Staff portal', scopes: { use: 'Use the portal' } } },
      defaults: { claims: { environment: 'local' } },
      clients: {
        'staff-portal': {
          description: 'Signs users in',
          scopes: ['portal/use'],
        },
      },
    },
  },
});
