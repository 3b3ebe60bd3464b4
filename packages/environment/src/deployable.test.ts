import { contract } from '@cognito-m2m/claim-schema/fixtures';
import { aClient, anEnvironment, aPool } from '@cognito-m2m/environment/fixtures';
import { describe, expect, test } from '@jest/globals';
import type { EnvironmentInput, PoolInput, TriggerInput } from './environment.ts';
import { EnvironmentError } from './errors.ts';
import { validateEnvironment } from './validate-environment.ts';

/** What AWS or its Terraform provider would refuse after half of a deploy is refused here before it begins. */
function faultyPaths(overrides: object): string[] {
  try {
    validateEnvironment(contract, { ...anEnvironment(), ...overrides });
    return [];
  } catch (error) {
    if (error instanceof EnvironmentError) return error.faults.map(({ path }) => path);
    throw error;
  }
}

const poolWith = (overrides: Partial<PoolInput>) => ({ pools: { payments: aPool(overrides) } });
const someTags = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`key-${index}`, 'x']));

describe('tags', () => {
  test.each(['application', 'environment', 'pool', 'owner', 'Owner', 'ENVIRONMENT'])(
    'the check of tags refuses "%s", which the stacks set themselves',
    (key) => {
      expect(faultyPaths({ tags: { [key]: 'x' } })).toEqual([`tags.${key}`]);
    },
  );

  test.each([
    ['team', 'Team', ['tags.Team']],
    ['team', 'teams', []],
  ])('"%s" next to "%s" gives the faults %p', (first, second, paths) => {
    expect(faultyPaths({ tags: { [first]: 'x', [second]: 'y' } })).toEqual(paths);
  });

  test.each([
    [46, []],
    [47, ['tags']],
  ])('%p of them, with four of our own, give the faults %p', (count, paths) => {
    expect(faultyPaths({ tags: someTags(count) })).toEqual(paths);
  });
});

describe('the trigger', () => {
  test.each<[TriggerInput, string[]]>([
    [{ reservedConcurrency: 2, provisionedConcurrency: 2 }, []],
    [{ reservedConcurrency: 2, provisionedConcurrency: 3 }, ['trigger.provisionedConcurrency']],
    [{ provisionedConcurrency: 3 }, []],
    [{ cacheSeconds: 60, maxStaleSeconds: 60 }, []],
    [{ cacheSeconds: 61, maxStaleSeconds: 60 }, ['trigger.cacheSeconds']],
    [{ cacheSeconds: 900 }, []],
    [{ cacheSeconds: 901 }, ['trigger.cacheSeconds']],
    [{ maxStaleSeconds: 30 }, []],
    [{ maxStaleSeconds: 29 }, ['trigger.cacheSeconds']],
    [{ runtime: 'nodejs22.x' }, []],
    [{ runtime: 'nodejs24.x' }, []],
  ])('%p gives the faults %p', (trigger, paths) => {
    expect(faultyPaths({ trigger })).toEqual(paths);
  });

  test.each(['nodejs4.x', 'nodejs18.x', 'nodejs20.x', 'nodejs99.x', 'python3.13', 'nodejs'])(
    'the check of the trigger refuses the runtime %s',
    (runtime) => {
      expect(faultyPaths({ trigger: { runtime } })).toEqual(['trigger.runtime']);
    },
  );
});

describe('ARNs', () => {
  const alarmTopicArn = (arn: string) => ({ alarmTopicArn: arn });
  const webAclArn = (arn: string) => poolWith({ webAclArn: arn });
  const stateKey = (kmsKeyArn: string): Partial<EnvironmentInput> => ({
    state: { type: 's3', bucket: 'acme-state', kmsKeyArn },
  });
  const topic = 'arn:aws:sns:eu-central-1:111111111111:alarms';
  const acl = 'arn:aws:wafv2:eu-central-1:111111111111:regional/webacl/machines/a1b2-c3';
  const key = 'arn:aws:kms:eu-central-1:111111111111:key/a1b2-c3';

  test.each<[string, object]>([
    ['a topic', alarmTopicArn(topic)],
    ['a web ACL', webAclArn(acl)],
    ['a key', stateKey(key)],
    ['an alias of a key', stateKey('arn:aws:kms:eu-central-1:111111111111:alias/state')],
    [
      'a topic of another partition',
      { region: 'cn-north-1', ...alarmTopicArn('arn:aws-cn:sns:cn-north-1:111111111111:alarms') },
    ],
    [
      'a topic of AWS European Sovereign Cloud',
      {
        region: 'eusc-de-east-1',
        ...alarmTopicArn('arn:aws-eusc:sns:eusc-de-east-1:111111111111:alarms'),
      },
    ],
    [
      'a web ACL of AWS GovCloud',
      {
        region: 'us-gov-west-1',
        ...webAclArn(acl.replace('aws', 'aws-us-gov').replace('eu-central-1', 'us-gov-west-1')),
      },
    ],
  ])('the check of ARNs takes %s', (_, overrides) => {
    expect(faultyPaths(overrides)).toEqual([]);
  });

  test.each<[string, object, string]>([
    ['a queue for a topic', alarmTopicArn(topic.replace('sns', 'sqs')), 'alarmTopicArn'],
    ['a subscription for a topic', alarmTopicArn(`${topic}:6b0e71bd`), 'alarmTopicArn'],
    [
      'a topic of another Region',
      alarmTopicArn(topic.replace('eu-central', 'us-east')),
      'alarmTopicArn',
    ],
    [
      'a web ACL of CloudFront',
      webAclArn(acl.replace('regional', 'global')),
      'pools.payments.webAclArn',
    ],
    [
      'a web ACL of another Region',
      webAclArn(acl.replace('eu-central', 'us-east')),
      'pools.payments.webAclArn',
    ],
    [
      'a classic web ACL',
      webAclArn(acl.replace('wafv2', 'waf-regional')),
      'pools.payments.webAclArn',
    ],
    [
      'a topic whose partition is not that of its Region',
      alarmTopicArn(topic.replace('aws', 'aws-cn')),
      'alarmTopicArn',
    ],
    [
      'a topic whose partition does not exist',
      alarmTopicArn(topic.replace('aws', 'aws-x')),
      'alarmTopicArn',
    ],
    ['a bucket for a key', stateKey('arn:aws:s3:::acme-state'), 'state.kmsKeyArn'],
    ['a key of another Region', stateKey(key.replace('eu-central', 'us-east')), 'state.kmsKeyArn'],
  ])('the check of ARNs refuses %s', (_, overrides, path) => {
    expect(faultyPaths(overrides)).toEqual([path]);
  });
});

describe('names', () => {
  test.each(['read/all', 'read all', 'a"b', ''])(
    'the check of names refuses the scope name %p',
    (scope) => {
      const scopes = { read: 'Read', write: 'Write', [scope]: 'x' };
      const resourceServers = { orders: { name: 'Orders', scopes } };

      expect(faultyPaths(poolWith({ resourceServers }))).toHaveLength(1);
    },
  );

  test.each(['', 'a b', '-x', 'x'.repeat(129)])(
    'the check of names refuses the client name %p',
    (name) => {
      expect(faultyPaths(poolWith({ clients: { [name]: aClient() } }))).toHaveLength(1);
    },
  );

  test('the check of names treats a pool that is named __proto__ as data with a bad name', () => {
    const pools = JSON.parse(`{"__proto__": ${JSON.stringify(aPool())}}`);

    expect(faultyPaths({ pools }).length).toBeGreaterThan(0);
  });

  test.each([
    ['acme', []],
    ['a'.repeat(63), []],
    ['a'.repeat(64), ['pools.payments.domainPrefix']],
    ['acme-{accountId}', []],
    ['{accountId}', []],
    [`${'a'.repeat(51)}{accountId}`, []],
    [`${'a'.repeat(52)}{accountId}`, ['pools.payments.domainPrefix']],
    ['acme-{account}', ['pools.payments.domainPrefix']],
    ['-acme', ['pools.payments.domainPrefix']],
    ['Acme', ['pools.payments.domainPrefix']],
    ['my-aws-pool', ['pools.payments.domainPrefix']],
    ['cognito-x', ['pools.payments.domainPrefix']],
  ])('the domain prefix %p gives the faults %p', (domainPrefix, paths) => {
    expect(faultyPaths(poolWith({ domainPrefix }))).toEqual(paths);
  });

  test.each([
    ['d', []],
    ['dev-2', []],
    ['d'.repeat(20), []],
    ['d'.repeat(21), ['name']],
    ['dev-', ['name']],
    ['2dev', ['name']],
    // Its stack of the table would be called as that of the pool `claims` of the environment `one`.
    ['one-pool', ['name']],
    ['one-pool-two', ['name']],
    ['pool', []],
    ['one-pools', []],
    ['carpool', []],
  ])('the environment "%s" gives the faults %p', (name, paths) => {
    expect(faultyPaths({ name })).toEqual(paths);
  });
});

describe('what AWS keeps for itself', () => {
  test.each<[string, object, string]>([
    ['a tag key in capital letters', { tags: { 'AWS:team': 'x' } }, 'tags.AWS:team'],
    ['a tag key in mixed letters', { tags: { 'Aws:team': 'x' } }, 'tags.Aws:team'],
    ['a tag value', { tags: { team: 'aws:payments' } }, 'tags.team'],
    ['a tag value in capital letters', { tags: { team: 'AWS:payments' } }, 'tags.team'],
    ['an owner, who becomes a tag', { owner: 'Aws:platform' }, 'owner'],
    [
      'a resource server',
      poolWith({ resourceServers: { ...aPool().resourceServers, 'aws.cognito': anApi() } }),
      'pools.payments.resourceServers["aws.cognito"]',
    ],
    [
      'a resource server below it',
      poolWith({ resourceServers: { ...aPool().resourceServers, 'AWS.Cognito/dcr': anApi() } }),
      'pools.payments.resourceServers["AWS.Cognito/dcr"]',
    ],
  ])('what AWS keeps for itself is refused: %s', (_, overrides, path) => {
    expect(faultyPaths(overrides)).toEqual([path]);
  });

  test.each([{ tags: { awsome: 'aws' } }, { tags: { 'my:aws:tag': 'x' } }, { owner: 'aws team' }])(
    'what AWS keeps for itself is not what only sounds like it: %j',
    (overrides) => {
      expect(faultyPaths(overrides)).toEqual([]);
    },
  );
});

describe('text that Terraform would change', () => {
  const decomposed = 'Cafe\u0301';

  test.each<[string, object, string]>([
    [
      'a claim',
      aClientWith({ claims: { 'custom:organization_id': decomposed } }),
      '.claims.custom:organization_id',
    ],
    [
      'a listed value of metadata',
      aClientWith({
        claimsFromMetadata: { tenant_id: { key: 'tenant', allow: ['t', decomposed] } },
      }),
      '.claimsFromMetadata.tenant_id.allow[1]',
    ],
    [
      'a key of metadata',
      aClientWith({ claimsFromMetadata: { tenant_id: { key: decomposed, allow: ['t'] } } }),
      '.claimsFromMetadata.tenant_id.key',
    ],
    ['a description', aClientWith({ description: decomposed }), '.description'],
    ['half of a surrogate pair', aClientWith({ description: 'x\ud83d' }), '.description'],
  ])('text that Terraform would change is refused once: %s', (_, overrides, path) => {
    expect(faultyPaths(overrides)).toEqual([`pools.payments.clients.billing-worker${path}`]);
  });

  test('text that Terraform would change is refused in tags and owners as well', () => {
    const overrides = { owner: decomposed, tags: { team: decomposed } };

    expect(faultyPaths(overrides).sort()).toEqual(['owner', 'tags.team']);
  });

  test('text that Terraform would change is not its composed form', () => {
    const composed = decomposed.normalize('NFC');

    expect(faultyPaths({ owner: composed, tags: { team: composed } })).toEqual([]);
  });
});

describe('the number of pools', () => {
  // 20,480 bytes of policy, in which the names stand.
  test.each([
    [51, 'p', 'eu-central-1', []],
    [52, 'p', 'eu-central-1', ['pools']],
    [47, 'a'.repeat(37), 'eu-central-1', []],
    [48, 'a'.repeat(37), 'eu-central-1', ['pools']],
    [49, 'p', 'us-gov-west-1', []],
    [50, 'p', 'us-gov-west-1', ['pools']],
  ])('%i called %s… in %s give the faults %p', (count, name, region, paths) => {
    const pools = Array.from({ length: count }, (_, index) => [
      `${name}${String(index).padStart(3, '0')}`,
      aPool({ domainPrefix: `acme-${index}` }),
    ]);

    expect(faultyPaths({ region, pools: Object.fromEntries(pools) })).toEqual(paths);
  });
});

describe('the owners of the pools', () => {
  const poolsOf = (...owners: string[]) =>
    Object.fromEntries(
      owners.map((owner, index) => [
        `pool-${index}`,
        aPool({ owner, domainPrefix: `acme-${index}` }),
      ]),
    );

  test.each([
    [undefined, ['a'.repeat(126), 'b'.repeat(127)], []],
    [undefined, ['a'.repeat(127), 'b'.repeat(127)], ['owner']],
    [undefined, ['a'.repeat(127), 'a'.repeat(127)], []],
    ['platform', ['a'.repeat(127), 'b'.repeat(127)], []],
  ])(
    'the owners of the pools are the owner of the environment %p as far as a tag can hold them: %#',
    (owner, owners, paths) => {
      expect(faultyPaths({ owner, pools: poolsOf(...owners) })).toEqual(paths);
    },
  );
});

test.each([
  [156, []],
  [157, ['pools.payments.resourceServers.orders.scopes']],
])('a scope of %i characters after its server gives faults below %p', (length, below) => {
  const identifier = 'i'.repeat(99);
  const name = 's'.repeat(length);
  const resourceServers = { [identifier]: { name: 'Orders', scopes: { [name]: 'Read' } } };
  const client = aClient({ scopes: [`${identifier}/${name}`] });

  const paths = faultyPaths({
    pools: { payments: aPool({ resourceServers, clients: { worker: client } }) },
  });

  expect(paths.map((path) => path.replace(`.${name}`, '').replace(identifier, 'orders'))).toEqual(
    below,
  );
});

describe('the size of an item', () => {
  // As `api-1234/xxx…`: 118 bytes and one more in the list.
  const scopeName = 'x'.repeat(105);
  const scopesOf = (count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, at) => [scopeName + (1000 + at), 'S']));
  const servers = (scopes: number) =>
    Object.fromEntries(
      Array.from({ length: Math.ceil(scopes / 100) }, (_, at) => {
        const count = Math.min(100, scopes - 100 * at);
        return [`api-${1000 + at}`, { name: 'API', scopes: scopesOf(count) }];
      }),
    );

  test.each([
    [3440, []],
    [3441, ['pools.payments.resourceServers']],
  ])('a pool of %p long scopes gives the faults %p', (scopes, paths) => {
    const clients = { 'billing-worker': aClient({ scopes: [`api-1000/${scopeName}1000`] }) };

    expect(faultyPaths(poolWith({ resourceServers: servers(scopes), clients }))).toEqual(paths);
  });

  test.each([
    [3969, []],
    [3970, ['pools.payments.clients.billing-worker']],
  ])('a caller who may pick one of %p long values gives the faults %p', (values, paths) => {
    const allow = Array.from(
      { length: values },
      (_, at) => `t-${1000 + at}${' one of many'.repeat(8)}`,
    );
    const claimsFromMetadata = { tenant_id: { key: 'tenant', allow } };
    const clients = { 'billing-worker': aClient({ claimsFromMetadata }) };

    expect(faultyPaths(poolWith({ clients }))).toEqual(paths);
  });
});

function anApi() {
  return { name: 'An API', scopes: { read: 'Reads' } };
}

function aClientWith(fields: object): Partial<EnvironmentInput> {
  return poolWith({ clients: { 'billing-worker': aClient(fields) } });
}
