import { aClient, anEnvironment, aPool } from '@cognito-m2m/environment/fixtures';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { synthesized } from '../../test/synthesized.ts';
import type { ResourceArguments, StackConfig } from '../stack-config.ts';
import { checkGuardrails } from './check-guardrails.ts';
import type { GuardedStack } from './guardrail.ts';

type Stack = 'test-claims' | 'test-pool-payments';
type Changes = Record<string, unknown>;

const ACCOUNT = 'arn:aws:iam::222222222222:root';
const READER = 'arn:aws:iam::222222222222:role/billing';

let stackNamed: ReturnType<typeof synthesized>;
beforeAll(() => {
  const clients = { 'billing-worker': aClient({ readers: [READER] }) };
  stackNamed = synthesized(anEnvironment({ pools: { payments: aPool({ clients }) } }));
});

function guarded(name: Stack, config = stackNamed(name).config): GuardedStack {
  return {
    name,
    config,
    mayBeDeleted: false,
    existingUserPoolId: undefined,
    clientRegistration: 'none',
    isProbe: false,
  };
}

/** Changes arguments of the first resource of a type. */
function withResource(name: Stack, type: string, changes: Changes): GuardedStack {
  const { config } = stackNamed(name);
  const [id, given] = Object.entries(config.resource[type] ?? {})[0] ?? [];
  if (id === undefined) throw new Error(`no ${type}`);
  const changed: ResourceArguments = { ...given, ...changes };
  return guarded(name, {
    ...config,
    resource: { ...config.resource, [type]: { ...config.resource[type], [id]: changed } },
  });
}

function withConfig(name: Stack, changes: Partial<StackConfig>): GuardedStack {
  return guarded(name, { ...stackNamed(name).config, ...changes });
}

function aPolicy(statement: object): string {
  return JSON.stringify({ Statement: [{ Effect: 'Allow', ...statement }] });
}

function findingsOf(...stacks: GuardedStack[]): string {
  try {
    checkGuardrails(stacks);
    return 'none';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

test('the stacks as they are keep every guardrail', () => {
  expect(findingsOf(guarded('test-claims'), guarded('test-pool-payments'))).toBe('none');
});

describe('the claims stack', () => {
  const logGroupArn = '${aws_cloudwatch_log_group.logs.arn}';
  test.each<[string, string, Changes]>([
    ['action dynamodb:*', 'aws_iam_role_policy', { policy: aPolicy({ Action: 'dynamodb:*' }) }],
    [
      'action dynamodb:Get?tem',
      'aws_iam_role_policy',
      { policy: aPolicy({ Action: ['dynamodb:Get?tem'] }) },
    ],
    ['resource *', 'aws_iam_role_policy', { policy: aPolicy({ Resource: '*' }) }],
    [
      'resource ${x.arn}/*',
      'aws_iam_role_policy',
      { policy: aPolicy({ Resource: ['${x.arn}/*'] }) },
    ],
    ['resource ${x.arn}:*', 'aws_iam_role_policy', { policy: aPolicy({ Resource: '${x.arn}:*' }) }],
    ['NotAction allows', 'aws_iam_role_policy', { policy: aPolicy({ NotAction: 'x' }) }],
    ['principal *', 'aws_iam_role', { assume_role_policy: aPolicy({ Principal: { AWS: '*' } }) }],
    ['action kms:*', 'aws_kms_key', { policy: aPolicy({ Action: 'kms:*', Resource: '*' }) }],
    ['not a policy that can be checked', 'aws_kms_key', { policy: undefined }],
    [
      'is not declared in this stack',
      'aws_iam_role',
      { managed_policy_arns: ['arn:aws:iam::aws:policy/x'] },
    ],
    ['action s3:*', 'aws_iam_role', { inline_policy: [{ policy: aPolicy({ Action: 's3:*' }) }] }],
    ['is never rotated', 'aws_kms_key', { enable_key_rotation: false }],
    ['names no key', 'aws_dynamodb_table', { server_side_encryption: { enabled: true } }],
    [
      'not encrypted',
      'aws_dynamodb_table',
      { server_side_encryption: { kms_key_arn: 'k', enabled: false } },
    ],
    ['names no key', 'aws_cloudwatch_log_group', { kms_key_id: '' }],
    ['may be deleted', 'aws_dynamodb_table', { deletion_protection_enabled: false }],
    ['may be destroyed by Terraform', 'aws_dynamodb_table', { lifecycle: undefined }],
    ['may be destroyed by Terraform', 'aws_kms_key', { lifecycle: { prevent_destroy: false } }],
    ['no point-in-time', 'aws_dynamodb_table', { point_in_time_recovery: { enabled: false } }],
    ['keeps logs forever', 'aws_cloudwatch_log_group', { retention_in_days: 0 }],
    [
      'that the stack does not declare',
      'aws_lambda_function',
      { logging_config: { log_group: '/aws/lambda/other' } },
    ],
    ['may run longer than the 5 s', 'aws_lambda_function', { timeout: 6 }],
    ['holds a secret', 'aws_lambda_function', { environment: { x: '${aws_y.z.client_secret}' } }],
  ])('the check of the claims stack finds %p in a broken %s', (finding, type, changes) => {
    expect(findingsOf(withResource('test-claims', type, changes))).toContain(finding);
  });

  const managed = 'arn:aws:iam::aws:policy/AdministratorAccess';
  test.each<[string, string, object]>([
    [
      'policy_arn is not declared in this stack',
      'aws_iam_role_policy_attachment',
      { policy_arn: managed },
    ],
    [
      'policy_arn is not declared in this stack',
      'aws_iam_policy_attachment',
      { policy_arn: managed },
    ],
    ['action s3:*', 'aws_iam_policy', { policy: aPolicy({ Action: 's3:*' }) }],
    [
      'not a policy that can be checked',
      'aws_iam_policy',
      { policy: '${data.aws_iam_policy_document.x.json}' },
    ],
    ['may store data', 'aws_sqs_queue', { name: 'jobs' }],
    ['may store data', 'aws_sns_topic', { name: 'alarms' }],
    ['may store data', 'aws_s3_bucket', { bucket: 'exports' }],
    ['may store data', 'aws_kinesis_stream', { name: 'events' }],
  ])('the check of the claims stack finds %p in an added %s', (finding, type, given) => {
    const { config } = stackNamed('test-claims');
    const resource = { ...config.resource, [type]: { added: { ...given } } };

    expect(findingsOf(withConfig('test-claims', { resource }))).toContain(finding);
  });

  const throughSecrets = {
    StringEquals: { 'kms:ViaService': 'secretsmanager.eu-central-1.amazonaws.com' },
    StringLike: { 'kms:EncryptionContext:SecretARN': 'arn:aws:secretsmanager:x:1:secret:m2m/x/*' },
  };
  test.each([
    ['encrypt as well', { Action: ['kms:Decrypt', 'kms:Encrypt'], Condition: throughSecrets }],
    ['decrypt anything', { Action: 'kms:Decrypt' }],
    [
      'decrypt every secret',
      {
        Action: 'kms:Decrypt',
        Condition: { StringEquals: throughSecrets.StringEquals },
      },
    ],
  ])('the check of the claims stack finds a key that lets readers %s', (_what, statement) => {
    const policy = aPolicy({ ...statement, Resource: '*', Principal: { AWS: READER } });

    expect(findingsOf(withResource('test-claims', 'aws_kms_key', { policy }))).toContain(
      'lets roles do more than decrypt secrets',
    );
  });

  test('the check of the claims stack takes a policy by ARN that the stack itself declares', () => {
    const changes = { managed_policy_arns: ['${aws_iam_policy.read.arn}'] };

    expect(findingsOf(withResource('test-claims', 'aws_iam_role', changes))).toBe('none');
  });

  test('the check of the claims stack takes a time-out of 5 seconds, the limit', () => {
    expect(findingsOf(withResource('test-claims', 'aws_lambda_function', { timeout: 5 }))).toBe(
      'none',
    );
  });

  test('the check of the claims stack takes the streams of a named log group', () => {
    const policy = aPolicy({
      Action: ['logs:PutLogEvents'],
      Resource: `${logGroupArn}:*`,
    });

    expect(findingsOf(withResource('test-claims', 'aws_iam_role_policy', { policy }))).toBe('none');
  });
});

describe('a pool stack', () => {
  const trigger = (lambda_arn: string, lambda_version: string) => ({
    lambda_config: { pre_token_generation_config: { lambda_arn, lambda_version } },
  });
  test.each<[string, string, Changes]>([
    [
      'calls an earlier trigger version',
      'aws_cognito_user_pool',
      trigger('a:function:f:live', 'V2_0'),
    ],
    [
      'does not name the trigger by an alias',
      'aws_cognito_user_pool',
      trigger('a:function:f:7', 'V3_0'),
    ],
    [
      'does not name the trigger by an alias',
      'aws_cognito_user_pool',
      trigger('a:function:f', 'V3_0'),
    ],
    ['is on a plan that has no', 'aws_cognito_user_pool', { user_pool_tier: 'LITE' }],
    ['may be deleted', 'aws_cognito_user_pool', { deletion_protection: 'INACTIVE' }],
    ['may be destroyed by Terraform', 'aws_cognito_user_pool', { lifecycle: {} }],
    ['may be destroyed by Terraform', 'aws_cognito_user_pool_domain', { lifecycle: [] }],
    ['lets users sign up', 'aws_cognito_user_pool', { admin_create_user_config: {} }],
    ['has no source_account', 'aws_lambda_permission', { source_account: undefined }],
    ['has no source_account', 'aws_lambda_permission', { source_account: '*' }],
    ['has no source_arn', 'aws_lambda_permission', { source_arn: '' }],
    ['has no source_arn', 'aws_lambda_permission', { source_arn: '*' }],
    [
      'has no source_arn',
      'aws_lambda_permission',
      { source_arn: '${aws_cognito_user_pool.a.arn}*' },
    ],
    ['allows principals other than', 'aws_lambda_permission', { principal: '*' }],
    [
      'allows principals other than',
      'aws_lambda_permission',
      { principal: 'apigateway.amazonaws.com' },
    ],
    ['has no qualifier', 'aws_lambda_permission', { qualifier: undefined }],
    [
      'another OAuth flow',
      'aws_cognito_user_pool_client',
      { allowed_oauth_flows: ['client_credentials', 'code'] },
    ],
    ['another OAuth flow', 'aws_cognito_user_pool_client', { allowed_oauth_flows: [] }],
    ['has no secret', 'aws_cognito_user_pool_client', { generate_secret: false }],
    [
      'lets users sign in',
      'aws_cognito_user_pool_client',
      { explicit_auth_flows: ['ALLOW_USER_SRP_AUTH'] },
    ],
    ['lets users sign in', 'aws_cognito_user_pool_client', { explicit_auth_flows: undefined }],
    ['names no key', 'aws_secretsmanager_secret', { kms_key_id: undefined }],
    ...[
      aPolicy({ Action: 'secretsmanager:PutSecretValue', Principal: { AWS: READER } }),
      aPolicy({ Action: 'secretsmanager:GetSecretValue', Principal: { AWS: ACCOUNT } }),
      aPolicy({
        Action: 'secretsmanager:GetSecretValue',
        Principal: { Service: 'x.amazonaws.com' },
      }),
      aPolicy({ Action: 'secretsmanager:GetSecretValue' }),
    ].map((policy): [string, string, Changes] => [
      'lets others than named roles read it',
      'aws_secretsmanager_secret_policy',
      { policy },
    ]),
    [
      'lets others than named roles read it',
      'aws_secretsmanager_secret_policy',
      { block_public_policy: false },
    ],
    ['principal *', 'aws_secretsmanager_secret_policy', { policy: aPolicy({ Principal: '*' }) }],
    ...[
      '${aws_cognito_user_pool_client.x.client_secret}',
      '${aws_cognito_user_pool_client.x["client_secret"]}',
      '${aws_cognito_user_pool_client.x["a"].client_secret}',
      '${merge({ a = "b" }, { c = aws_cognito_user_pool_client.x.client_secret })}',
      '${jsonencode(aws_cognito_user_pool_client.x)}',
      '${jsonencode(aws_cognito_user_pool_client.x["a"])}',
      '${jsonencode(aws_cognito_user_pool_client.x[*])}',
      '${jsonencode(data.aws_secretsmanager_secret_version.x)}',
      '${data.aws_secretsmanager_secret_version.x.secret_string}',
    ].map((value): [string, string, Changes] => ['holds a secret', 'aws_ssm_parameter', { value }]),
  ])('the check of a pool stack finds %p in a broken %s', (finding, type, changes) => {
    expect(findingsOf(withResource('test-pool-payments', type, changes))).toContain(finding);
  });

  test.each([
    '${aws_cognito_user_pool_client.x["a"].id}',
    '${aws_cognito_user_pool_client.x[each.key].name}',
    'rotate ${"$"}{x.client_secret} in aws_cognito_user_pool_client.x',
  ])('the check of a pool stack takes %s for no secret', (value) => {
    expect(findingsOf(withResource('test-pool-payments', 'aws_ssm_parameter', { value }))).toBe(
      'none',
    );
  });

  test('the check of a pool stack finds that a pool may not call the trigger at all', () => {
    const { config } = stackNamed('test-pool-payments');
    const { aws_lambda_permission: _, ...resource } = config.resource;

    expect(findingsOf(withConfig('test-pool-payments', { resource }))).toContain(
      'has no permission to call the trigger',
    );
  });

  test('the check of a pool stack finds a secret in an output', () => {
    const output = {
      secret: { value: '${aws_cognito_user_pool_client.x.client_secret}', sensitive: true },
    };

    expect(findingsOf(withConfig('test-pool-payments', { output }))).toContain(
      'output.secret shows a secret',
    );
  });

  test('the check of a pool stack finds a secret in a local value, and does not mistake the words in a string for one', () => {
    const leak = {
      locals: { clients: { x: '${aws_cognito_user_pool_client.x["a"].client_secret}' } },
    };
    const text = { locals: { clients: { x: 'rotates its .client_secret' } } };

    expect(findingsOf(withConfig('test-pool-payments', leak))).toContain('local.clients shows');
    expect(findingsOf(withConfig('test-pool-payments', text))).toBe('none');
  });

  test.each(['environment', 'owner', 'pool'])(
    'the check of a pool stack finds that nothing is tagged with "%s"',
    (key) => {
      const tags = { environment: 'test', owner: 'platform', pool: 'payments', [key]: '' };
      const provider = { aws: [{ default_tags: [{ tags }] }] };

      expect(findingsOf(withConfig('test-pool-payments', { provider }))).toContain(
        `no default tag "${key}"`,
      );
    },
  );

  test.each([
    ['no encryption', { bucket: 'b', kms_key_id: 'k' }],
    ['no key', { bucket: 'b', encrypt: true }],
  ])('the check of a pool stack finds a state in S3 with %s', (_, s3) => {
    const terraform = { ...stackNamed('test-pool-payments').config.terraform, backend: { s3 } };

    expect(findingsOf(withConfig('test-pool-payments', { terraform }))).toContain(
      'the state is not',
    );
  });
});

test('a function that outlasts Amazon Cognito is for a probe environment only', () => {
  const stack = withResource('test-claims', 'aws_lambda_function', { timeout: 30 });

  expect(findingsOf(stack)).toContain('may run longer');
  expect(findingsOf({ ...stack, isProbe: true })).toBe('none');
});

describe('client registration', () => {
  const BROKEN = /client registration: aws_cognito_user_pool\.\S+ lets clients register themselves/;

  test.each<[GuardedStack['clientRegistration'], Changes, boolean]>([
    ['none', {}, true],
    ['none', { enable_status: 'Enabled' }, true],
    ['none', { enable_status: 'Disabled', open_dcr_enabled: true }, false],
    ['authenticated', {}, false],
    ['authenticated', { open_dcr_enabled: true }, true],
    ['open', { open_dcr_enabled: true, open_dcr_grant_types: ['client_credentials'] }, false],
  ])(
    'registration declared as %s and configured as %j is refused: %s',
    (declared, configuration, isRefused) => {
      for (const dcr_configuration of [configuration, [configuration]]) {
        const stack = withResource('test-pool-payments', 'aws_cognito_user_pool', {
          dcr_configuration,
        });

        const message = findingsOf({ ...stack, clientRegistration: declared });

        if (isRefused) expect(message).toMatch(BROKEN);
        else expect(message).toBe('none');
      }
    },
  );

  test.each(['aws.cognito', 'AWS.Cognito.x'])('a resource server %s is refused', (identifier) => {
    expect(
      findingsOf(withResource('test-pool-payments', 'aws_cognito_resource_server', { identifier })),
    ).toContain('keeps for itself');
  });
});

test('checkGuardrails lets what may be deleted go without deletion protection, never without recovery', () => {
  const unprotected = withResource('test-claims', 'aws_dynamodb_table', {
    deletion_protection_enabled: false,
    point_in_time_recovery: {},
    lifecycle: {},
  });

  const message = findingsOf({ ...unprotected, mayBeDeleted: true });

  expect(message).toContain('has no point-in-time recovery');
  expect(message).not.toMatch(/may be (deleted|destroyed)/);
});

test('checkGuardrails reports all findings of all stacks at once, with the stack and the address', () => {
  const message = findingsOf(
    withResource('test-claims', 'aws_lambda_function', { timeout: 30 }),
    withResource('test-pool-payments', 'aws_cognito_user_pool', { user_pool_tier: 'LITE' }),
  );

  expect(message).toMatch(/: 2 violations\./);
  expect(message).toMatch(
    /- test-claims: function timeout: aws_lambda_function\.\S+ may run longer/,
  );
  expect(message).toMatch(
    /- test-pool-payments: V3_0 trigger: aws_cognito_user_pool\.\S+ is on a plan/,
  );
});
