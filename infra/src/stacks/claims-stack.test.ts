import { digestContract } from '@cognito-m2m/claim-schema/contract-diff';
import { contract } from '@cognito-m2m/claim-schema/fixtures';
import { validateEnvironment } from '@cognito-m2m/environment';
import { anEnvironment } from '@cognito-m2m/environment/fixtures';
import { describe, expect, test } from '@jest/globals';
import { synthesized, synthesizedUnchecked } from '../../test/synthesized.ts';

describe('an environment that names no more than it must', () => {
  const stack = synthesized(anEnvironment())('test-claims');

  test('a minimal environment keeps the claims encrypted, restorable and protected', () => {
    expect(stack.resource('aws_dynamodb_table')).toMatchObject({
      name: 'm2m-test-claims',
      billing_mode: 'PAY_PER_REQUEST',
      hash_key: 'pk',
      range_key: 'sk',
      server_side_encryption: {
        enabled: true,
        kms_key_arn: stack.reference('aws_kms_key', 'arn'),
      },
      point_in_time_recovery: { enabled: true },
      deletion_protection_enabled: true,
    });
    expect(stack.resource('aws_kms_key')).toMatchObject({ enable_key_rotation: true });
  });

  test('a minimal environment runs the trigger inside the five seconds that Amazon Cognito waits', () => {
    expect(stack.resource('aws_lambda_function')).toMatchObject({
      architectures: ['arm64'],
      runtime: 'nodejs22.x',
      memory_size: 512,
      timeout: 5,
      publish: true,
      handler: 'index.handler',
      environment: {
        variables: {
          CLAIMS_TABLE_NAME: 'm2m-test-claims',
          CLAIMS_CACHE_SECONDS: '30',
          CLAIMS_MAX_STALE_SECONDS: '900',
          CLAIMS_SIZE_BUDGET_BYTES: '4096',
          CLAIMS_CONTRACT_DIGEST: digestContract(contract),
        },
      },
    });
    expect(stack.resource('aws_lambda_alias')).toMatchObject({
      name: 'live',
      function_name: stack.reference('aws_lambda_function', 'function_name'),
      function_version: stack.reference('aws_lambda_function', 'version'),
    });
  });

  test('a minimal environment shows its alarms only in CloudWatch', () => {
    const alarms = stack.resources('aws_cloudwatch_metric_alarm');

    expect(alarms.length).toBeGreaterThan(0);
    expect(alarms.flatMap(({ alarm_actions }) => alarm_actions)).toEqual([]);
    expect(stack.resource('aws_cloudwatch_dashboard')).toMatchObject({
      dashboard_name: 'm2m-test',
    });
  });

  test('a minimal environment reserves and warms nothing', () => {
    expect(stack.resource('aws_lambda_function')).not.toHaveProperty(
      'reserved_concurrent_executions',
    );
    expect(stack.resources('aws_lambda_provisioned_concurrency_config')).toEqual([]);
  });

  test('a minimal environment keeps the log for 90 days, encrypted', () => {
    expect(stack.resource('aws_cloudwatch_log_group')).toMatchObject({
      name: '/aws/lambda/m2m-test-pre-token-generation',
      retention_in_days: 90,
      kms_key_id: stack.reference('aws_kms_key', 'arn'),
    });
    expect(stack.resource('aws_lambda_function')).toMatchObject({
      logging_config: {
        log_format: 'JSON',
        log_group: '/aws/lambda/m2m-test-pre-token-generation',
      },
    });
  });

  test('a minimal environment lets the trigger read one table, use one key and write one log group', () => {
    const { Statement } = JSON.parse(String(stack.resource('aws_iam_role_policy')['policy']));

    expect(Statement).toEqual([
      {
        Sid: 'ReadClaims',
        Effect: 'Allow',
        Action: ['dynamodb:Query'],
        Resource: stack.reference('aws_dynamodb_table', 'arn'),
      },
      {
        Sid: 'DecryptClaims',
        Effect: 'Allow',
        Action: ['kms:Decrypt'],
        Resource: stack.reference('aws_kms_key', 'arn'),
        Condition: { StringEquals: { 'kms:ViaService': 'dynamodb.eu-central-1.amazonaws.com' } },
      },
      {
        Sid: 'WriteLog',
        Effect: 'Allow',
        Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        Resource: `${stack.reference('aws_cloudwatch_log_group', 'arn')}:*`,
      },
    ]);
  });

  test('a minimal environment lets only AWS Lambda assume the role of the function', () => {
    const { assume_role_policy: trust } = stack.resource('aws_iam_role');

    expect(JSON.parse(String(trust)).Statement).toEqual([
      {
        Sid: 'Lambda',
        Effect: 'Allow',
        Principal: { Service: 'lambda.amazonaws.com' },
        Action: ['sts:AssumeRole'],
      },
    ]);
    expect(stack.resource('aws_iam_role_policy')).toMatchObject({
      role: stack.reference('aws_iam_role', 'name'),
    });
    expect(stack.resource('aws_lambda_function')).toMatchObject({
      role: stack.reference('aws_iam_role', 'arn'),
    });
  });
});

describe('an environment that names all it can', () => {
  const alarmTopicArn = 'arn:aws:sns:eu-central-1:111111111111:alarms';
  const stack = synthesized(
    anEnvironment({
      name: 'trial',
      accountId: '111111111111',
      isDisposable: true,
      alarmTopicArn,
      tags: { 'cost-center': '4711' },
      state: {
        type: 's3',
        bucket: 'acme-state',
        kmsKeyArn: 'arn:aws:kms:eu-central-1:111111111111:key/a',
      },
      trigger: {
        cacheSeconds: 0,
        maxStaleSeconds: 60,
        sizeBudgetBytes: 2048,
        runtime: 'nodejs24.x',
        memoryMb: 1024,
        reservedConcurrency: 20,
        provisionedConcurrency: 3,
        logRetentionDays: 365,
      },
    }),
  )('trial-claims');

  test('a full environment passes every setting on', () => {
    expect(stack.resource('aws_lambda_function')).toMatchObject({
      runtime: 'nodejs24.x',
      memory_size: 1024,
      reserved_concurrent_executions: 20,
      environment: {
        variables: {
          CLAIMS_CACHE_SECONDS: '0',
          CLAIMS_MAX_STALE_SECONDS: '60',
          CLAIMS_SIZE_BUDGET_BYTES: '2048',
        },
      },
    });
    expect(stack.resource('aws_lambda_provisioned_concurrency_config')).toMatchObject({
      function_name: stack.reference('aws_lambda_alias', 'function_name'),
      qualifier: stack.reference('aws_lambda_alias', 'name'),
      provisioned_concurrent_executions: 3,
    });
    expect(stack.resource('aws_cloudwatch_log_group')).toMatchObject({ retention_in_days: 365 });
  });

  test('a full environment sends every alarm, and its end, to the topic', () => {
    for (const alarm of stack.resources('aws_cloudwatch_metric_alarm')) {
      expect(alarm).toMatchObject({ alarm_actions: [alarmTopicArn], ok_actions: [alarmTopicArn] });
    }
  });

  test('a full environment keeps its state encrypted and locked, apart from other stacks', () => {
    expect(stack.config.terraform.backend).toEqual({
      s3: {
        bucket: 'acme-state',
        key: 'm2m/trial/trial-claims.tfstate',
        region: 'eu-central-1',
        encrypt: true,
        kms_key_id: 'arn:aws:kms:eu-central-1:111111111111:key/a',
        use_lockfile: true,
      },
    });
  });

  test('a full environment refuses another account and tags everything', () => {
    const [provider] = stack.config.provider.aws;

    expect(provider?.allowed_account_ids).toEqual(['111111111111']);
    expect(provider?.default_tags[0]?.tags).toEqual({
      application: 'cognito-m2m-claims',
      environment: 'trial',
      owner: 'platform',
      'cost-center': '4711',
    });
  });

  test('a full environment may be destroyed with its data where it is disposable', () => {
    expect(stack.resource('aws_dynamodb_table')).toMatchObject({
      deletion_protection_enabled: false,
    });
  });
});

test.each([
  ['nodejs22.x', '>= 5.100.0, < 7.0.0'],
  ['nodejs24.x', '>= 6.25.0, < 7.0.0'],
])('%s takes an AWS provider %s', (runtime, version) => {
  const stack = synthesized(anEnvironment({ trigger: { runtime } }))('test-claims');

  expect(stack.config.terraform.required_providers.aws.version).toBe(version);
});

test('tags say which environment it is, whatever else there is', () => {
  const environment = {
    ...validateEnvironment(contract, anEnvironment()),
    tags: { environment: 'prod' },
  };

  const [provider] = synthesizedUnchecked(environment)('test-claims').config.provider.aws;

  expect(provider?.default_tags[0]?.tags).toMatchObject({ environment: 'test' });
});
