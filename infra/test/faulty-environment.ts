import { aClient, anEnvironment, aPool } from '@cognito-m2m/environment/fixtures';

/** Claim values that no message may repeat; the key is the example of the AWS documentation. */
export const CLAIM_VALUES = {
  accessKey: 'AKIAIOSFODNN7EXAMPLE',
  password: 'hunter2-hunter2',
  role: 'owner-of-everything',
  colour: 'mother-of-pearl',
};

/** So many of something, by name. */
function many<T>(count: number, name: string, value: T): Record<string, T> {
  return Object.fromEntries(
    Array.from({ length: count }, (_, index) => [`${name}${index}`, value]),
  );
}

/** An environment file with every kind of fault that a person can bring about. */
export function faultyEnvironment(): object {
  const server = { name: 'Orders API', scopes: { read: 'Read', write: 'Write' } };
  const clients: Record<string, object> = {
    'two words': aClient(),
    lost: aClient({ scopes: ['invoices/read'] }),
    greedy: aClient({ scopes: Object.keys(many(51, 'bulk/s', '')) }),
    shortLived: aClient({ accessTokenMinutes: 4 }),
    longLived: aClient({ accessTokenMinutes: 1441 }),
    wide: aClient({ claims: { permissions: Array.from({ length: 500 }, () => 'orders:approve') } }),
    claiming: {
      ...aClient(),
      claims: {
        'custom:role': CLAIM_VALUES.role,
        favourite_colour: CLAIM_VALUES.colour,
        sub: 'someone-else',
        'custom:organization_id': CLAIM_VALUES.accessKey,
        password: CLAIM_VALUES.password,
      },
    },
  };
  const bulk = { name: 'Bulk API', scopes: many(51, 's', 'One of many') };
  const payments = { ...aPool({ resourceServers: { orders: server, bulk } }), clients };
  return {
    ...anEnvironment({ region: 'Frankfurt' }),
    pools: {
      payments,
      copy: aPool(),
      branded: aPool({ domainPrefix: 'acme-aws-payments' }),
      crowded: aPool({
        domainPrefix: 'acme-test-crowded',
        resourceServers: { ...many(300, 'server', server), orders: server },
      }),
      'Upper Case': aPool({ domainPrefix: 'acme-test-upper' }),
    },
  };
}

/** How the line of each fault begins: where it is, and what is wrong. */
export const FAULTS = [
  'region: not allowed',
  'pools["Upper Case"]: bad name',
  'pools.copy.domainPrefix: pool "payments" has this domain prefix already',
  'pools.branded.domainPrefix: not allowed',
  'pools.crowded.resourceServers: too many (got 301; expected at most 300)',
  'pools.payments.clients["two words"]: bad name',
  'pools.payments.clients.lost.scopes[0]: scope "invoices/read" is not declared in this pool',
  'pools.payments.clients.greedy.scopes: not allowed (got 51 of them; expected at most 50 scopes)',
  'pools.payments.clients.shortLived.accessTokenMinutes: not allowed (got 4; ',
  'pools.payments.clients.longLived.accessTokenMinutes: not allowed (got 1441; ',
  'pools.payments.clients.wide: the largest token would be over the size budget',
  'pools.payments.clients.claiming.claims.custom:role: value not allowed',
  'pools.payments.clients.claiming.claims.favourite_colour: "favourite_colour" is not in the claim contract',
  'pools.payments.clients.claiming.claims.sub: "sub" is reserved by Amazon Cognito',
  'pools.payments.clients.claiming.claims.custom:organization_id: looks like a secret',
  'pools.payments.clients.claiming.claims.password: "password" is not in the claim contract',
  'pools.payments.clients.claiming.claims.password: looks like a secret',
];
