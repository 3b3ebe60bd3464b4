import type { EnvironmentInput } from '@cognito-m2m/environment';
import { anEnvironment } from '@cognito-m2m/environment/fixtures';
import { describe, expect, test } from '@jest/globals';
import { synthesized } from '../../test/synthesized.ts';
import { checkGuardrails } from '../guardrails/check-guardrails.ts';

const POOL_ID = 'eu-central-1_AbC123XyZ';

function anExisting(clients: EnvironmentInput['pools'][string]['clients']): EnvironmentInput {
  const storefront = {
    owner: 'storefront',
    description: 'The shop',
    existing: { userPoolId: POOL_ID },
    clients,
  };
  return anEnvironment({ pools: { storefront } });
}

const THEIRS = {
  clientId: '1example23456789',
  description: 'Bills ${everything}',
  claims: { 'custom:organization_id': 'Caf\u00e9' },
};
const OURS = { description: 'Shows figures', scopes: ['orders/read'] };
const claims = { environment: 'test' };

describe('the stack of an existing pool', () => {
  const stack = synthesized(
    anExisting({
      'billing-worker': { ...THEIRS, claims: { ...THEIRS.claims, ...claims } },
      'report-viewer': { ...OURS, claims },
    }),
  )('test-pool-storefront');

  test('the stack of an existing pool creates what is ours, and nothing that the owner has', () => {
    expect(Object.keys(stack.config.resource).sort()).toEqual([
      'aws_cognito_user_pool_client',
      'aws_dynamodb_table_item',
      'aws_lambda_permission',
      'aws_secretsmanager_secret',
      'aws_secretsmanager_secret_version',
      'aws_ssm_parameter',
    ]);
    expect(Object.keys(stack.config.locals?.['clients'] ?? {})).toEqual(['report-viewer']);
    expect(stack.resource('aws_cognito_user_pool_client')).toMatchObject({
      user_pool_id: POOL_ID,
      for_each: '${local.clients}',
    });
  });

  test('the stack of an existing pool lets the pool, and only it, call the trigger', () => {
    expect(stack.resource('aws_lambda_permission')).toMatchObject({
      statement_id: 'pool-storefront',
      principal: 'cognito-idp.amazonaws.com',
      source_arn: expect.stringMatching(
        new RegExp(`:cognito-idp:eu-central-1:.*:userpool/${POOL_ID}$`),
      ),
    });
  });

  test("the stack of an existing pool writes the baselines of the owner's clients, and refuses an ID that the pool does not have", () => {
    const baseline = stack.config.resource['aws_dynamodb_table_item']?.['existing_baseline'];

    expect(baseline).toMatchObject({
      for_each: '${local.existing_clients}',
      item: '${replace(each.value.item, "§", each.value.client_id)}',
      lifecycle: {
        precondition: [
          {
            condition:
              '${contains(data.aws_cognito_user_pool_clients.existing.client_ids, each.value.client_id)}',
            error_message: expect.stringContaining(`does not exist in user pool ${POOL_ID}`),
          },
        ],
      },
    });
    expect(stack.config.locals?.['existing_clients']).toEqual({
      'billing-worker': {
        client_id: '1example23456789',
        description: 'Bills ${"$"}{everything}',
        owner: 'storefront',
        item: expect.stringContaining('Caf\\u00e9'),
      },
    });
  });

  test('the stack of an existing pool passes clients that nobody declared through, unless the file says otherwise', () => {
    const item = stack.config.resource['aws_dynamodb_table_item']?.['settings']?.['item'];

    expect(JSON.parse(String(item))).toMatchObject({
      userPoolId: { S: POOL_ID },
      unknownClients: { S: 'issue-without-claims' },
    });
  });

  test('the stack of an existing pool has the parameters that the commands need; the token endpoint only if the pool has a domain', () => {
    const parameters = Object.values(stack.config.resource['aws_ssm_parameter'] ?? {});

    expect(parameters.map(({ name }) => name).sort()).toEqual([
      '/m2m/test/storefront/clients/${each.key}',
      '/m2m/test/storefront/clients/${each.key}',
      '/m2m/test/storefront/issuer',
      '/m2m/test/storefront/table-name',
      '/m2m/test/storefront/token-endpoint',
      '/m2m/test/storefront/user-pool-id',
    ]);
    expect(parameters.find(({ name }) => String(name).endsWith('token-endpoint'))).toMatchObject({
      count: expect.stringContaining('? 1 : 0}'),
    });
  });
});

test('a stack with none of our clients has neither clients nor secrets', () => {
  const stack = synthesized(anExisting({ worker: { ...THEIRS, claims } }))('test-pool-storefront');

  expect(stack.resources('aws_cognito_user_pool_client')).toEqual([]);
  expect(stack.resources('aws_secretsmanager_secret')).toEqual([]);
});

test.each([
  'aws_cognito_user_pool',
  'aws_cognito_user_pool_domain',
  'aws_cognito_resource_server',
  'aws_wafv2_web_acl_association',
])('the guardrails refuse %s in the stack of an existing pool', (type) => {
  const { config } = synthesized(anExisting({ worker: { ...THEIRS, claims } }))(
    'test-pool-storefront',
  );
  const resource = { ...config.resource, [type]: { added: {} } };
  const guarded = {
    name: 'test-pool-storefront',
    config: { ...config, resource },
    mayBeDeleted: true,
    clientRegistration: 'none' as const,
    isProbe: false,
    existingUserPoolId: POOL_ID,
  };

  expect(() => checkGuardrails([guarded])).toThrow("belongs to the pool's owner");
});

test('a pool of ours may answer at a domain of its own', () => {
  const pool = {
    customDomain: {
      name: 'auth.example.com',
      certificateArn: 'arn:aws:acm:us-east-1:111111111111:certificate/a-b',
    },
    resourceServers: { constructor: { name: 'Built', scopes: { toString: 'Read' } } },
    clients: { worker: { description: 'Works', scopes: ['constructor/toString'], claims } },
  };
  const stack = synthesized(anEnvironment({ pools: { own: pool } }))('test-pool-own');

  expect(stack.resource('aws_cognito_user_pool_domain')).toMatchObject({
    domain: 'auth.example.com',
    certificate_arn: pool.customDomain.certificateArn,
    lifecycle: { prevent_destroy: true },
  });
  const parameters = stack.resources('aws_ssm_parameter');
  expect(parameters).toContainEqual(
    expect.objectContaining({
      name: '/m2m/test/own/token-endpoint',
      insecure_value: 'https://auth.example.com/oauth2/token',
    }),
  );
  expect(parameters).toContainEqual(
    expect.objectContaining({
      name: '/m2m/test/own/custom-domain-target',
      insecure_value: expect.stringContaining('.cloudfront_distribution}'),
    }),
  );
  expect(stack.config.output).toHaveProperty('custom-domain-target');
  expect(stack.resource('aws_cognito_resource_server')).toMatchObject({
    identifier: 'constructor',
  });
});

test('the trigger may call the function for users, and nothing else', () => {
  const functionArn = 'arn:aws:lambda:eu-central-1:111111111111:function:user-claims:live';
  const input = anExisting({ worker: { ...THEIRS, claims } });
  const pool = { ...input.pools['storefront'], userTrigger: { functionArn, eventVersion: 'V1_0' } };

  const stack = synthesized(anEnvironment({ pools: { storefront: pool as never } }))('test-claims');

  const { Statement } = JSON.parse(String(stack.resource('aws_iam_role_policy')['policy']));
  expect(Statement.at(-1)).toEqual({
    Sid: 'InvokeUserTrigger1',
    Effect: 'Allow',
    Action: ['lambda:InvokeFunction'],
    Resource: functionArn,
  });
  expect(stack.resource('aws_lambda_function')).toMatchObject({
    environment: {
      variables: {
        CLAIMS_USER_TRIGGERS: JSON.stringify({ [POOL_ID]: { functionArn, eventVersion: 'V1_0' } }),
      },
    },
  });
});
