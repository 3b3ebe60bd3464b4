import type { ClientInput, EnvironmentInput, PoolInput } from '@cognito-m2m/environment';
import fc from 'fast-check';
import { TEST_ACCOUNT_ID } from './as-deployed.ts';

const name = fc.stringMatching(/^[a-z][a-z0-9-]{0,18}$/);
const clientName = fc.stringMatching(/^[A-Za-z0-9][\w.-]{0,20}$/);
/** Everything that a file may say in one line: quotes, template syntax, other scripts. */
const sentence = fc
  .string({ minLength: 1, maxLength: 160, unit: 'grapheme' })
  // In the one Unicode form that arrives unchanged.
  .map((text) => text.normalize('NFC'))
  .filter((text) => !text.includes('\n') && text.length <= 256);
const owner = fc.stringMatching(/^[A-Za-z][\w .@-]{0,12}$/);
const minutes = fc.constantFrom(5, 15, 30, 60, 1440);
const scope = fc.constantFrom('orders/read', 'orders/write', 'orders.v2/list');

/** Strings that a gateway passes on unchanged, by themselves and in a list. */
const organization = sentence
  .map((text) => text.trim())
  .filter((text) => text !== '' && !/\p{Cc}/u.test(text));

const claims = fc.record(
  {
    'custom:organization_id': organization,
    'custom:role': fc.constantFrom('admin' as const, 'editor' as const, 'viewer' as const),
    tier: fc.constantFrom('free' as const, 'premium' as const),
    permissions: fc.array(organization, { maxLength: 4 }),
    approval_limit: fc.integer(),
  },
  { requiredKeys: [] },
);

const client: fc.Arbitrary<ClientInput> = fc.record(
  {
    description: sentence,
    owner,
    scopes: fc.uniqueArray(scope, { minLength: 1 }).map((scopes) => scopes.sort()),
    accessTokenMinutes: minutes,
    claims,
    claimsByScope: fc.dictionary(scope, claims),
    claimsFromMetadata: fc.record({
      tenant_id: fc.record({
        key: fc.constantFrom('tenant', 'a b'),
        allow: fc.uniqueArray(organization, { minLength: 1, maxLength: 3 }),
        required: fc.boolean(),
      }),
    }),
    suppressClaims: fc.subarray(['tier', 'permissions']),
    addScopes: fc.subarray(['orders/read']),
    suppressScopes: fc.subarray(['orders/write']),
  },
  { requiredKeys: ['description', 'scopes'] },
);

const pool: fc.Arbitrary<PoolInput> = fc.record(
  {
    owner,
    description: sentence,
    domainPrefix: fc.uuid().map((id) => `p-${id}`),
    plan: fc.constantFrom('ESSENTIALS' as const, 'PLUS' as const),
    webAclArn: fc.constant('arn:aws:wafv2:eu-central-1:123456789012:regional/webacl/x/1'),
    resourceServers: fc.constant({
      orders: { name: 'Orders API', scopes: { read: 'Read orders', write: 'Place "orders"' } },
      'orders.v2': { name: 'Orders', scopes: { list: 'List' } },
    }),
    defaults: fc.record({
      claims: fc.constant({ environment: 'test' }),
      accessTokenMinutes: minutes,
    }),
    clients: fc.dictionary(clientName, client, { minKeys: 1, maxKeys: 4 }),
  },
  { requiredKeys: ['domainPrefix', 'resourceServers', 'defaults', 'clients'] },
);

const watch = fc.record(
  {
    everyMinutes: fc.integer({ min: 1, max: 60 }),
    heal: fc.subarray(['trigger' as const]),
    canaryMinutes: fc.integer({ min: 5, max: 60 }),
  },
  { requiredKeys: [] },
);

/** Makes the first client of each pool its canary where `canaryMinutes` is set. */
function withCanaries(input: EnvironmentInput): EnvironmentInput {
  if (input.watch?.canaryMinutes === undefined) return input;
  const pools = Object.entries(input.pools).map(([poolName, each]): [string, PoolInput] => {
    const [canary] = Object.keys(each.clients);
    return [poolName, canary === undefined ? each : { ...each, canary }];
  });
  return { ...input, pools: Object.fromEntries(pools) };
}

const environment: fc.Arbitrary<EnvironmentInput> = fc.record(
  {
    name,
    region: fc.constant('eu-central-1'),
    accountId: fc.constant(TEST_ACCOUNT_ID),
    owner,
    tags: fc.dictionary(fc.stringMatching(/^team:[a-z]{1,8}$/), owner, { maxKeys: 2 }),
    state: fc.constant({ type: 'local' as const }),
    isDisposable: fc.boolean(),
    trigger: fc.record(
      {
        cacheSeconds: fc.integer({ min: 0, max: 60 }),
        runtime: fc.constantFrom('nodejs22.x', 'nodejs24.x'),
        reservedConcurrency: fc.integer({ min: 1, max: 9 }),
      },
      { requiredKeys: [] },
    ),
    alarmTopicArn: fc.constant('arn:aws:sns:eu-central-1:123456789012:alarms'),
    watch,
    pools: fc.dictionary(name, pool, { minKeys: 1, maxKeys: 2 }),
  },
  { requiredKeys: ['name', 'region', 'accountId', 'owner', 'state', 'pools'] },
);

/** Environments of all kinds that the example contract lets pass, or that fail for their size or a random secret. */
export const environmentArbitrary = environment.map(withCanaries);
