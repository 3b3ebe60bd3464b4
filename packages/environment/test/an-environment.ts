import type {
  ClientInput,
  EnvironmentInput,
  PoolInput,
  TokenIssuerInput,
} from '@cognito-m2m/environment';

/** A valid client that may place orders; `overrides` replace its fields. */
export function aClient(overrides: Partial<ClientInput> = {}): ClientInput {
  return {
    description: 'Invoices orders every night',
    scopes: ['orders/read', 'orders/write'],
    claims: { 'custom:organization_id': '12345', 'custom:role': 'admin', tier: 'premium' },
    ...overrides,
  };
}

/** A user pool whose users clients act for. */
export const STAFF_ISSUER: TokenIssuerInput = {
  issuer: 'https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_Users',
  clientIds: ['user-client'],
  tokenUse: 'access',
};

/** A valid client that acts on behalf of users of the issuer `staff`. */
export function aTokenClient(overrides: Partial<ClientInput> = {}): ClientInput {
  return aClient({
    claimsFromToken: {
      key: 'user_token',
      issuer: 'staff',
      required: true,
      claims: { on_behalf_of: 'sub' },
    },
    ...overrides,
  });
}

/** A valid pool with one client called `billing-worker`; `overrides` replace its fields. */
export function aPool(overrides: Partial<PoolInput> = {}): PoolInput {
  return {
    domainPrefix: 'acme-test-payments',
    resourceServers: {
      orders: { name: 'Orders API', scopes: { read: 'Read orders', write: 'Place orders' } },
    },
    defaults: { claims: { environment: 'test' } },
    clients: { 'billing-worker': aClient() },
    ...overrides,
  };
}

/** A valid environment with one pool called `payments`; `overrides` replace its fields. */
export function anEnvironment(overrides: Partial<EnvironmentInput> = {}): EnvironmentInput {
  return {
    name: 'test',
    region: 'eu-central-1',
    owner: 'platform',
    state: { type: 'local' },
    pools: { payments: aPool() },
    ...overrides,
  };
}

/** An environment whose only client is `client`, faults included. */
export function anEnvironmentWith(client: object): object {
  return anEnvironment({
    pools: { payments: aPool({ clients: { 'billing-worker': client as ClientInput } }) },
  });
}
