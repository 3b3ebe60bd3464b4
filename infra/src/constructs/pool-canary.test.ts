import type { PoolInput } from '@cognito-m2m/environment';
import { aClient, anEnvironment, aPool } from '@cognito-m2m/environment/fixtures';
import { describe, expect, test } from '@jest/globals';
import { synthesized } from '../../test/synthesized.ts';

const TOPIC = 'arn:aws:sns:eu-central-1:111111111111:alarms';
const EXISTING = { userPoolId: 'eu-central-1_AbC123XyZ' };

const theirs = (secretId: string): PoolInput => ({
  existing: EXISTING,
  canary: 'theirs',
  clients: {
    theirs: { clientId: 'abc', secretId, description: 'Bills', claims: { environment: 'test' } },
  },
});

describe('an environment without a canary', () => {
  test.each([{}, { watch: {} }])(
    'an environment with %j deploys nothing of a canary',
    (overrides) => {
      const stacks = synthesized(anEnvironment(overrides));
      const text = JSON.stringify([
        stacks('test-claims').config,
        stacks('test-pool-payments').config,
      ]);

      expect(text).not.toMatch(/canary|TokenProved|GetSecretValue/);
    },
  );
});

describe('an environment with one, two and no canary in its pools', () => {
  const stacks = synthesized(
    anEnvironment({
      alarmTopicArn: TOPIC,
      watch: { canaryMinutes: 30 },
      pools: {
        payments: aPool({
          canary: 'billing-worker',
          clients: { 'billing-worker': aClient(), other: aClient() },
        }),
        shipping: aPool({ domainPrefix: 'acme-test-shipping', canary: 'billing-worker' }),
        plain: aPool({ domainPrefix: 'acme-test-plain' }),
      },
    }),
  );
  const claims = stacks('test-claims');
  const pool = stacks('test-pool-payments');
  const canary = claims
    .resources('aws_lambda_function')
    .find(({ function_name }) => function_name === 'm2m-test-canary');
  const policyOf = (stack: typeof pool, role: string) =>
    stack
      .resources('aws_iam_role_policy')
      .filter((policy) => policy['role'] === role)
      .map(({ policy }) => JSON.parse(String(policy)).Statement);

  test('the claims stack has one function that knows each canary, and a schedule', () => {
    const { variables = {} } = (canary?.['environment'] ?? {}) as {
      variables?: Record<string, string>;
    };

    expect(canary).toMatchObject({ handler: 'index.handler', timeout: 150 });
    expect(JSON.parse(variables['WATCH_CANARIES'] ?? '')).toEqual(
      ['payments', 'shipping'].map((name) => ({
        pool: name,
        client: 'billing-worker',
        scopes: ['orders/read', 'orders/write'],
      })),
    );
    expect(
      claims
        .resources('aws_cloudwatch_event_rule')
        .filter(({ schedule_expression }) => schedule_expression === 'rate(30 minutes)'),
    ).toHaveLength(1);
  });

  test('the canary may read the secret of that client of each pool and no other, and changes nothing', () => {
    const [statements = []] = policyOf(pool, 'm2m-test-canary');

    expect(statements).toContainEqual({
      Sid: 'ReadSecret',
      Effect: 'Allow',
      Action: ['secretsmanager:GetSecretValue'],
      Resource: '${local.canary-secret-arn}',
    });
    expect(pool.config.locals).toMatchObject({
      'canary-secret-arn': '${aws_secretsmanager_secret.client["billing-worker"].arn}',
    });
    expect(
      JSON.stringify([policyOf(pool, 'm2m-test-canary'), policyOf(claims, 'm2m-test-canary')]),
    ).not.toMatch(/cognito-idp|Update|Delete|sns:/);
    expect(policyOf(stacks('test-pool-plain'), 'm2m-test-canary')).toEqual([]);
  });

  test('the canary writes into the memory of the watcher how it ended, and nothing else', () => {
    const text = JSON.stringify(claims.resources('aws_iam_role_policy'));

    expect(text).toContain(String.raw`\"dynamodb:LeadingKeys\":[\"RUNS\"]`);
  });

  test('the alarm fires where a token is not proved, and where nothing is counted', () => {
    const [alarm, ...others] = pool.resources('aws_cloudwatch_metric_alarm');

    expect(others).toEqual([]);
    expect(alarm).toMatchObject({
      alarm_name: 'm2m-test/canary-failed-payments',
      metric_name: 'TokenProved',
      dimensions: { service: 'm2m-test-pool-watch', pool: 'payments' },
      comparison_operator: 'LessThanThreshold',
      threshold: 1,
      statistic: 'Minimum',
      period: 1800,
      treat_missing_data: 'breaching',
      alarm_actions: [TOPIC],
    });
    expect(stacks('test-pool-plain').resources('aws_cloudwatch_metric_alarm')).toEqual([]);
  });

  test('the dashboard shows each canary', () => {
    const body = String(claims.resource('aws_cloudwatch_dashboard')['dashboard_body']);

    expect(body.match(/"TokenProved"/g)).toHaveLength(2);
  });
});

describe('the canary of an existing pool', () => {
  test.each([
    ['name', 'their/secret'],
    ['arn', 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:their-abc123'],
  ])(
    'the canary of an existing pool reads the secret that its owner names by %s',
    (attribute, secretId) => {
      const stack = synthesized(anEnvironment({ watch: {}, pools: { store: theirs(secretId) } }))(
        'test-pool-store',
      );
      const text = JSON.stringify(stack.config);

      expect(text).toContain(
        `"aws_secretsmanager_secret":{"canary-secret":{"${attribute}":"${secretId}"`,
      );
      expect(text).toContain('${data.aws_secretsmanager_secret.canary-secret.arn}');
    },
  );
});
