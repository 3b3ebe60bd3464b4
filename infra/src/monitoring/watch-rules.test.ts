import { describe, expect, test } from '@jest/globals';
import { matchesPattern } from '../../test/event-pattern.ts';
import { watchRules } from './watch-rules.ts';

const rules = watchRules('prod');
const TRIGGER = 'm2m-prod-pre-token-generation';
const POOL = { userPoolId: 'eu-central-1_Abc123456' };
const ARN = `arn:aws:lambda:eu-central-1:123456789012:function:${TRIGGER}`;

/** An event as Amazon EventBridge delivers it for a call of AWS CloudTrail. */
function anEvent(service: string, eventName: string, requestParameters: object | null) {
  return {
    version: '0',
    source: `aws.${service}`,
    'detail-type': 'AWS API Call via CloudTrail',
    account: '123456789012',
    region: 'eu-central-1',
    resources: [],
    detail: {
      eventVersion: '1.11',
      eventSource: `${service}.amazonaws.com`,
      eventName,
      awsRegion: 'eu-central-1',
      requestParameters,
    },
  };
}

function matching(event: unknown): string[] {
  return rules.filter(({ pattern }) => matchesPattern(pattern, event)).map(({ name }) => name);
}

const RECORDED: readonly (readonly [rule: string, event: ReturnType<typeof anEvent>])[] = [
  ...[
    'UpdateUserPool',
    'SetUserPoolMfaConfig',
    'DeleteUserPool',
    'CreateUserPoolClient',
    'UpdateUserPoolClient',
    'DeleteUserPoolClient',
    'AddUserPoolClientSecret',
    'DeleteUserPoolClientSecret',
    'CreateResourceServer',
    'UpdateResourceServer',
    'DeleteResourceServer',
    'CreateUserPoolDomain',
    'DeleteUserPoolDomain',
  ].map((name) => ['pools', anEvent('cognito-idp', name, POOL)] as const),
  ...[
    'UpdateAlias20150331',
    'DeleteAlias20150331',
    'UpdateFunctionCode20150331v2',
    'UpdateFunctionConfiguration20150331v2',
    'DeleteFunction20150331',
    'PutFunctionConcurrency20171031',
    'AddPermission20150331v2',
    'RemovePermission20150331v2',
  ].flatMap((name) =>
    [TRIGGER, ARN, `${ARN}:live`, `123456789012:${TRIGGER}`].map(
      (functionName) => ['function', anEvent('lambda', name, { functionName })] as const,
    ),
  ),
  ...['DeleteTable', 'UpdateTable', 'UpdateContinuousBackups'].map(
    (name) => ['table', anEvent('dynamodb', name, { tableName: 'm2m-prod-claims' })] as const,
  ),
  ...['PutResourcePolicy', 'DeleteResourcePolicy'].map(
    (name) =>
      [
        'table',
        anEvent('dynamodb', name, {
          resourceArn: 'arn:aws:dynamodb:eu-central-1:123456789012:table/m2m-prod-claims',
        }),
      ] as const,
  ),
  ...['DisableRule', 'DeleteRule', 'PutRule'].map(
    (name) => ['rules', anEvent('events', name, { name: 'm2m-prod-pool-watch-schedule' })] as const,
  ),
  ['rules', anEvent('events', 'RemoveTargets', { rule: 'm2m-prod-pool-watch-pools', ids: ['x'] })],
];

test.each(RECORDED.map(([rule, event]) => [event.detail.eventName, rule, event] as const))(
  'the event of %s reaches the rule %s and no other',
  (_name, rule, event) => {
    expect(matching(event)).toEqual([rule]);
  },
);

describe('near misses', () => {
  const renamed = (text: string) => [`${text}s`, `X${text}`, text.toLowerCase(), text.slice(0, -1)];
  const misses: unknown[] = RECORDED.flatMap(([rule, event]) => {
    const { detail } = event;
    const withDetail = (changes: object) => ({ ...event, detail: { ...detail, ...changes } });
    return [
      { ...event, source: 'aws.s3' },
      { ...event, source: `${event.source}x` },
      { ...event, 'detail-type': 'AWS Console Sign In via CloudTrail' },
      { ...event, 'detail-type': 'AWS API Call' },
      withDetail({ eventSource: 's3.amazonaws.com' }),
      withDetail({ eventSource: event.source }),
      withDetail({ eventName: `Get${detail.eventName}` }),
      withDetail({ eventName: `List${detail.eventName}` }),
      withDetail({ eventName: undefined }),
      ...(rule === 'function'
        ? []
        : renamed(detail.eventName).map((eventName) => withDetail({ eventName }))),
      ...(rule === 'pools'
        ? []
        : [
            withDetail({ requestParameters: null }),
            withDetail({ requestParameters: {} }),
            withDetail({
              requestParameters: { functionName: 'other', tableName: 'other', name: 'x' },
            }),
            withDetail({ requestParameters: { functionName: 'm2m-test-pre-token-generation' } }),
            withDetail({ requestParameters: { tableName: 'm2m-prod-claims-copy' } }),
            withDetail({ requestParameters: { rule: 'my-m2m-prod-pool-watch' } }),
          ]),
      detail,
    ];
  });

  test('more than 500 near misses exist, and none reaches a rule', () => {
    expect(misses.length).toBeGreaterThan(500);
    expect(misses.filter((event) => matching(event).length > 0)).toEqual([]);
  });

  test.each([null, undefined, 'UpdateUserPool', 7, [], {}])('%j reaches no rule', (event) => {
    expect(matching(event)).toEqual([]);
  });
});
