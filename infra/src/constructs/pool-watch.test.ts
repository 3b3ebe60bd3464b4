import { anEnvironment } from '@cognito-m2m/environment/fixtures';
import { describe, expect, test } from '@jest/globals';
import { synthesized } from '../../test/synthesized.ts';

const TOPIC = 'arn:aws:sns:eu-central-1:111111111111:alarms';

describe('an environment without watch', () => {
  const stack = synthesized(anEnvironment());

  test('an environment without watch deploys nothing of a watcher', () => {
    const text = JSON.stringify([stack('test-claims').config, stack('test-pool-payments').config]);

    expect(text).not.toMatch(/pool-watch|aws_cloudwatch_event_rule|m2m-test-watch/);
  });
});

describe('an environment with watch: {}', () => {
  const input = anEnvironment({ watch: {} });
  const stacks = synthesized(input);
  const stack = stacks('test-claims');
  const watcher = stack
    .resources('aws_lambda_function')
    .find(({ function_name }) => function_name === 'm2m-test-pool-watch');

  test('an environment with watch: {} deploys a function that knows what was declared, and the version behind the alias', () => {
    expect(watcher).toMatchObject({ timeout: 60, handler: 'index.handler', runtime: 'nodejs22.x' });
    const { variables = {} } = (watcher?.['environment'] ?? {}) as {
      variables?: Record<string, string>;
    };
    expect(JSON.parse(variables['WATCH_DECLARED'] ?? '')).toMatchObject({
      name: 'test',
      heal: [],
      pools: [{ name: 'payments', plan: 'ESSENTIALS' }],
    });
    expect(variables['WATCH_TRIGGER_VERSION']).toMatch(
      /^\$\{aws_lambda_alias\..+function_version\}$/,
    );
    expect(variables).not.toHaveProperty('WATCH_TOPIC_ARN');
  });

  test('an environment with watch: {} looks every 5 minutes and whenever AWS CloudTrail reports a change', () => {
    const rules = stack.resources('aws_cloudwatch_event_rule');

    expect(rules).toHaveLength(5);
    expect(rules.filter(({ schedule_expression }) => schedule_expression)).toMatchObject([
      { schedule_expression: 'rate(5 minutes)' },
    ]);
    expect(stack.resources('aws_cloudwatch_event_target')).toHaveLength(5);
  });

  test('an environment with watch: {} keeps its memory encrypted, protected and restorable, in a table of its own', () => {
    const table = stack
      .resources('aws_dynamodb_table')
      .find(({ name }) => name === 'm2m-test-watch');

    expect(table).toMatchObject({
      ttl: { attribute_name: 'expiresAt', enabled: true },
      deletion_protection_enabled: true,
      point_in_time_recovery: { enabled: true },
    });
  });

  test('an environment with watch: {} may read no secret, change no pool and write no claims', () => {
    const policies = [stack, stacks('test-pool-payments')].flatMap((each) =>
      each
        .resources('aws_iam_role_policy')
        .filter(({ name }) => name !== 'm2m-test-pre-token-generation'),
    );
    const text = JSON.stringify(policies);

    expect(policies).toHaveLength(2);
    expect(text).not.toMatch(/GetSecretValue|DescribeUserPoolClient\b|UpdateUserPool|sns:Publish/);
    expect(text).toMatch(/ListUserPoolClientSecrets/);
  });

  test('an environment with watch: {} shows what differs on the dashboard', () => {
    expect(JSON.stringify(stack.resource('aws_cloudwatch_dashboard'))).toContain('TriggerDetached');
  });

  test('an environment with watch: {} has an alarm if nothing is counted, because nobody is watching then', () => {
    const alarms = stack.resources('aws_cloudwatch_metric_alarm');
    const named = (name: string) =>
      alarms.find(({ alarm_name }) => alarm_name === `m2m-test/${name}`);

    expect(named('watch-failed')).toMatchObject({ treat_missing_data: 'breaching' });
    expect(named('trigger-detached')).toMatchObject({
      metric_name: 'TriggerDetached',
      dimensions: { service: 'm2m-test-pool-watch' },
      treat_missing_data: 'ignore',
    });
    expect(named('trigger-silent')).toMatchObject({ threshold: 1 });
  });
});

describe('an environment that names all it can', () => {
  const stacks = synthesized(
    anEnvironment({
      name: 'trial',
      isDisposable: true,
      alarmTopicArn: TOPIC,
      watch: { everyMinutes: 1, heal: ['trigger'] },
    }),
  );

  test('a full environment may put the trigger back, on its own pools only', () => {
    const stack = stacks('trial-pool-payments');
    const text = String(stack.resource('aws_iam_role_policy')['policy']);
    const { Statement } = JSON.parse(text);

    expect(Statement).toContainEqual({
      Sid: 'PutTriggerBack',
      Effect: 'Allow',
      Action: ['cognito-idp:UpdateUserPool'],
      Resource: stack.reference('aws_cognito_user_pool', 'arn'),
    });
  });

  test('a full environment tells the topic', () => {
    const text = JSON.stringify(stacks('trial-claims').config);

    expect(text).toContain('sns:Publish');
    expect(text).toContain('rate(1 minute)');
    expect(text).toContain(`"WATCH_TOPIC_ARN":"${TOPIC}"`);
  });

  test('a full environment may be destroyed where it is disposable', () => {
    for (const table of stacks('trial-claims').resources('aws_dynamodb_table')) {
      expect(table).toMatchObject({ deletion_protection_enabled: false });
    }
  });
});
