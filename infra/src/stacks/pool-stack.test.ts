import { aClient, anEnvironment, aPool } from '@cognito-m2m/environment/fixtures';
import { describe, expect, test } from '@jest/globals';
import { synthesized } from '../../test/synthesized.ts';

describe('a pool that names no more than it must', () => {
  const stack = synthesized(anEnvironment())('test-pool-payments');

  test('a minimal pool has the plan and the trigger version that client credentials need', () => {
    expect(stack.resource('aws_cognito_user_pool')).toMatchObject({
      name: 'm2m-test-payments',
      user_pool_tier: 'ESSENTIALS',
      deletion_protection: 'ACTIVE',
      admin_create_user_config: { allow_admin_create_user_only: true },
      lambda_config: {
        pre_token_generation_config: {
          lambda_version: 'V3_0',
          lambda_arn: expect.stringMatching(/:function:m2m-test-pre-token-generation:live$/),
        },
      },
    });
  });

  test('a minimal pool lets this pool of this account call the alias, and no one else', () => {
    expect(stack.resource('aws_lambda_permission')).toEqual({
      statement_id: 'pool-payments',
      action: 'lambda:InvokeFunction',
      principal: 'cognito-idp.amazonaws.com',
      function_name: 'm2m-test-pre-token-generation',
      qualifier: 'live',
      source_account: '${data.aws_caller_identity.caller.account_id}',
      source_arn: expect.stringMatching(/^\$\{aws_cognito_user_pool\..+\.arn\}$/),
    });
  });

  test('a minimal pool has clients that can do nothing but client credentials', () => {
    expect(stack.resource('aws_cognito_user_pool_client')).toMatchObject({
      for_each: '${local.clients}',
      name: '${each.key}',
      generate_secret: '${try(each.value.generate_secret, null)}',
      allowed_oauth_flows: ['client_credentials'],
      allowed_oauth_flows_user_pool_client: true,
      allowed_oauth_scopes: '${each.value.scopes}',
      access_token_validity: '${each.value.access_token_minutes}',
      token_validity_units: [{ access_token: 'minutes' }],
      explicit_auth_flows: ['ALLOW_REFRESH_TOKEN_AUTH'],
    });
    expect(stack.config.locals?.['clients']).toEqual({
      'billing-worker': {
        description: 'Invoices orders every night',
        owner: 'platform',
        scopes: ['orders/read', 'orders/write'],
        access_token_minutes: 60,
        generate_secret: true,
      },
    });
  });

  test.each([
    'aws_cognito_user_pool_client',
    'aws_secretsmanager_secret',
    'aws_secretsmanager_secret_version',
  ])('a minimal pool calls each %s by the name of its client', (type) => {
    expect(Object.keys(stack.config.resource[type] ?? {})).toEqual(['client']);
    expect(stack.resource(type)['for_each']).toBe('${local.clients}');
  });

  test('a minimal pool writes the baseline of each client', () => {
    expect(stack.config.resource['aws_dynamodb_table_item']?.['baseline']).toMatchObject({
      for_each: '${local.clients}',
      item: '${replace(local.baselines[each.key], "§", aws_cognito_user_pool_client.client[each.key].id)}',
    });
    expect(stack.config.locals?.['baselines']).toEqual({
      'billing-worker': expect.stringContaining('"sk":{"S":"CLIENT#§#CLAIMS#BASELINE"}'),
    });
  });

  test('a minimal pool writes the settings of the pool', () => {
    const { item } = stack.config.resource['aws_dynamodb_table_item']?.['settings'] ?? {};

    expect(JSON.parse(String(item))).toMatchObject({
      kind: { S: 'settings' },
      unknownClients: { S: 'deny' },
    });
  });

  test('a minimal pool keeps the secret in Secrets Manager under the customer managed key', () => {
    expect(stack.resource('aws_secretsmanager_secret')).toMatchObject({
      name: 'm2m/test/payments/${each.key}/credentials',
      kms_key_id: expect.stringMatching(/:alias\/m2m-test$/),
      recovery_window_in_days: 0,
    });
    expect(Object.keys(stack.config.output ?? {})).toEqual([
      'deployed-user-pool-id',
      'deployed-issuer',
    ]);
  });

  test('a minimal pool says in parameters what others need to find it', () => {
    const names = stack.resources('aws_ssm_parameter').map(({ name }) => name);

    expect(names.sort()).toEqual([
      '/m2m/test/payments/clients/${each.key}',
      '/m2m/test/payments/issuer',
      '/m2m/test/payments/table-name',
      '/m2m/test/payments/token-endpoint',
      '/m2m/test/payments/user-pool-id',
    ]);
  });

  test('a minimal pool has the issuer of its discovery document, if that is one of its two', () => {
    const endpoint = stack.reference('aws_cognito_user_pool', 'endpoint');
    const issuers = `"https://${endpoint}", "https://issuer-${endpoint}"`;
    const issuer = stack
      .resources('aws_ssm_parameter')
      .find(({ name }) => name === '/m2m/test/payments/issuer');

    expect(stack.config.variable?.['issuer']).toMatchObject({ type: 'string', default: '' });
    expect(issuer?.['insecure_value']).toBe(
      `\${contains([${issuers}], var.issuer) ? var.issuer : "https://${endpoint}"}`,
    );
  });

  test('a minimal pool puts the ID of the account into a domain prefix that asks for it', () => {
    const pools = { payments: aPool({ domainPrefix: 'acme-{accountId}' }) };
    const own = synthesized(anEnvironment({ pools }))('test-pool-payments');

    const account = '${data.aws_caller_identity.caller.account_id}';
    expect(own.resource('aws_cognito_user_pool_domain')).toMatchObject({
      domain: `acme-${account}`,
    });
    expect(own.resources('aws_ssm_parameter').map((each) => each['insecure_value'])).toContain(
      `https://acme-${account}.auth.eu-central-1.amazoncognito.com/oauth2/token`,
    );
  });

  test('a minimal pool has no firewall', () => {
    expect(stack.resources('aws_wafv2_web_acl_association')).toEqual([]);
  });
});

describe('a pool that names all it can', () => {
  const webAclArn = 'arn:aws:wafv2:eu-central-1:111111111111:regional/webacl/a/b';
  const client = aClient({
    owner: 'billing',
    description: 'Bills ${everything}',
    scopes: ['orders/read', 'https://api.acme.test/v1/use'],
    accessTokenMinutes: 1440,
    claims: { 'custom:organization_id': '${path.root}' },
  });
  const pool = aPool({
    owner: 'payments',
    plan: 'PLUS',
    webAclArn,
    resourceServers: {
      ...aPool().resourceServers,
      'https://api.acme.test/v1': { name: 'API', scopes: { use: 'Use %{it}' } },
      unused: { name: 'Unused', scopes: { read: 'Read' } },
    },
    clients: { worker: client },
  });
  const stack = synthesized(
    anEnvironment({ name: 'trial', isDisposable: true, pools: { payments: pool } }),
  )('trial-pool-payments');

  test('a full pool keeps resource servers apart whose identifiers differ only by a slash', () => {
    const scopes = { read: 'Read' };
    const resourceServers = { 'a/b': { name: 'A', scopes }, 'a--b': { name: 'B', scopes } };
    const twins = aPool({
      resourceServers,
      clients: { worker: aClient({ scopes: ['a/b/read'] }) },
    });

    const servers = synthesized(anEnvironment({ pools: { payments: twins } }))(
      'test-pool-payments',
    ).resources('aws_cognito_resource_server');

    expect(servers.map(({ identifier }) => identifier)).toEqual(['a/b', 'a--b']);
  });

  test('a full pool associates the web ACL', () => {
    expect(stack.resource('aws_wafv2_web_acl_association')).toMatchObject({
      resource_arn: stack.reference('aws_cognito_user_pool', 'arn'),
      web_acl_arn: webAclArn,
    });
  });

  test('a full pool takes the plan, and no protection where the environment is disposable', () => {
    expect(stack.resource('aws_cognito_user_pool')).toMatchObject({
      user_pool_tier: 'PLUS',
      deletion_protection: 'INACTIVE',
    });
    expect(stack.resource('aws_secretsmanager_secret')).toMatchObject({
      recovery_window_in_days: 0,
    });
  });

  test('a full pool makes the clients wait for the resource servers', () => {
    const servers = Object.keys(stack.config.resource['aws_cognito_resource_server'] ?? {});

    expect(servers).toHaveLength(3);
    expect(stack.resource('aws_cognito_user_pool_client')['depends_on']).toEqual(
      servers.map((id) => `aws_cognito_resource_server.${id}`),
    );
  });

  test('a full pool tags the pool and its owner, and what belongs to a client with the owner of the client', () => {
    const [provider] = stack.config.provider.aws;

    expect(provider?.default_tags[0]?.tags).toEqual({
      application: 'cognito-m2m-claims',
      environment: 'trial',
      pool: 'payments',
      owner: 'payments',
    });
    expect(stack.resource('aws_secretsmanager_secret')['tags']).toEqual({
      owner: '${each.value.owner}',
    });
    expect(stack.config.locals?.['clients']).toMatchObject({ worker: { owner: 'billing' } });
  });

  test('a full pool holds no expression that came from a string in the file', () => {
    const text = JSON.stringify(stack.config);

    expect(text).not.toMatch(/[$%]\{(?:everything|it|path\.root)\}/);
  });
});

test.each([5, 1440])('a pool takes %d minutes of token life, the limit', (accessTokenMinutes) => {
  const clients = { worker: aClient({ accessTokenMinutes }) };
  const stack = synthesized(anEnvironment({ pools: { payments: aPool({ clients }) } }));

  expect(stack('test-pool-payments').config.locals?.['clients']).toMatchObject({
    worker: { access_token_minutes: accessTokenMinutes },
  });
});

describe('a client with readers', () => {
  const readers = ['arn:aws:iam::222222222222:role/billing', 'arn:aws:iam::333333333333:role/ops'];
  const stackNamed = synthesized(
    anEnvironment({
      pools: {
        payments: aPool({
          clients: { 'billing-worker': aClient({ readers }), other: aClient() },
        }),
      },
    }),
  );

  test('a client with readers has a secret that they may read, and do nothing else with', () => {
    const stack = stackNamed('test-pool-payments');

    const { policy, ...given } = stack.resource('aws_secretsmanager_secret_policy');

    expect(given).toEqual({
      block_public_policy: true,
      secret_arn: '${aws_secretsmanager_secret.client["billing-worker"].arn}',
    });
    expect(JSON.parse(String(policy)).Statement).toEqual([
      {
        Sid: 'Readers',
        Effect: 'Allow',
        Principal: { AWS: readers },
        Action: ['secretsmanager:DescribeSecret', 'secretsmanager:GetSecretValue'],
        Resource: '*',
      },
    ]);
  });

  test('a client with readers lets them decrypt with the key, through AWS Secrets Manager only', () => {
    const { policy } = stackNamed('test-claims').resource('aws_kms_key');

    const { Statement: statements } = JSON.parse(String(policy));

    expect(statements[2]).toMatchObject({
      Principal: { AWS: readers },
      Action: ['kms:Decrypt'],
      Condition: {
        StringEquals: { 'kms:ViaService': 'secretsmanager.eu-central-1.amazonaws.com' },
        StringLike: {
          'kms:EncryptionContext:SecretARN': expect.stringMatching(/:secret:m2m\/test\/\*$/),
        },
      },
    });
  });

  test('a pool without readers has no statement and no policy for them', () => {
    const stackWithout = synthesized(anEnvironment());
    const { policy } = stackWithout('test-claims').resource('aws_kms_key');

    expect(JSON.parse(String(policy)).Statement).toHaveLength(2);
    expect(stackWithout('test-pool-payments').config.resource).not.toHaveProperty(
      'aws_secretsmanager_secret_policy',
    );
  });
});
