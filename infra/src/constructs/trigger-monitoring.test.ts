import { anEnvironment } from '@cognito-m2m/environment/fixtures';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { synthesized } from '../../test/synthesized.ts';
import type { ResourceArguments } from '../stack-config.ts';

let alarms: readonly ResourceArguments[];
beforeAll(() => {
  alarms = synthesized(anEnvironment())('test-claims').resources('aws_cloudwatch_metric_alarm');
});

function alarmNamed(name: string): ResourceArguments {
  const alarm = alarms.find((one) => one['alarm_name'] === `m2m-test/${name}`);
  if (alarm === undefined) throw new Error(`no alarm ${name}`);
  return alarm;
}

const functionName = 'm2m-test-pre-token-generation';
const ofAlias = { FunctionName: functionName, Resource: `${functionName}:live` };

test('every alarm goes off at its threshold, and is quiet without traffic', () => {
  for (const alarm of alarms) {
    expect(alarm).toMatchObject({
      comparison_operator: 'GreaterThanOrEqualToThreshold',
      treat_missing_data: 'notBreaching',
    });
  }
});

test('errors counts what failed beyond refused tokens, in three periods in a row', () => {
  expect(alarmNamed('errors')).toMatchObject({
    threshold: 1,
    datapoints_to_alarm: 3,
    evaluation_periods: 3,
    metric_query: [
      { expression: 'FILL(total, 0) - FILL(expected1, 0)', return_data: true },
      {
        id: 'total',
        metric: {
          namespace: 'AWS/Lambda',
          metric_name: 'Errors',
          dimensions: ofAlias,
          period: 300,
          stat: 'Sum',
        },
      },
      {
        id: 'expected1',
        metric: {
          namespace: 'CognitoM2mClaims',
          metric_name: 'TokensDenied',
          dimensions: { service: functionName },
          period: 300,
          stat: 'Sum',
        },
      },
    ],
  });
});

test('slow looks at the 99th percentile of the alias, in three minutes of five', () => {
  expect(alarmNamed('slow')).toMatchObject({
    threshold: 2000,
    datapoints_to_alarm: 3,
    evaluation_periods: 5,
    namespace: 'AWS/Lambda',
    metric_name: 'Duration',
    dimensions: ofAlias,
    period: 60,
    extended_statistic: 'p99',
  });
  expect(alarmNamed('slow')).not.toHaveProperty('statistic');
});

describe('refused tokens', () => {
  test.each([
    ['denied-client-unknown', 25],
    ['denied-store-unavailable', 1],
  ])('%s goes off at %p in five minutes', (name, threshold) => {
    expect(alarmNamed(name)).toMatchObject({
      threshold,
      statistic: 'Sum',
      period: 300,
      datapoints_to_alarm: 1,
      evaluation_periods: 1,
    });
  });

  // How refused tokens come into the errors alarm where they fall around the edges of periods: counted by AWS Lambda when
  // the call begins, by the trigger when it ends.
  test.each([
    ['one over an edge', [1, 0, 0], [0, 1, 0], false],
    ['one over every other edge', [1, 0, 1, 0], [0, 1, 0, 1], false],
    ['a flood whose last log lines are still on their way', [90, 90, 90], [90, 90, 40], false],
    ['a trigger that crashes', [2, 1, 3], [0, 0, 0], true],
    ['a trigger that crashes among refused tokens', [12, 11, 13], [10, 10, 11], true],
  ])('%s: errors goes off is %p', (_, errors, denied, isExpected) => {
    const { threshold, datapoints_to_alarm: inARow } = alarmNamed('errors');
    const isOver = errors.map(
      (count, period) => count - (denied[period] ?? 0) >= Number(threshold),
    );

    const goesOff = isOver.some(
      (_over, end) =>
        isOver.slice(Math.max(0, end + 1 - Number(inARow)), end + 1).every(Boolean) &&
        end + 1 >= Number(inARow),
    );

    expect(goesOff).toBe(isExpected);
  });
});
