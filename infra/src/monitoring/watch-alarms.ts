import type { CloudwatchMetricAlarmConfig } from '@cdktf/provider-aws/lib/cloudwatch-metric-alarm/index.js';
import type { WatchSettings } from '@cognito-m2m/environment';
import {
  canaryMetric,
  type Metric,
  sumQuery,
  triggerMetric,
  type WatchMetricName,
  watchMetric,
} from './metrics.ts';

/** An alarm of the watcher. */
interface WatchAlarm {
  /** Unique in its environment, in kebab-case. */
  readonly name: string;
  /** What happened and where to look, for the person on call. */
  readonly description: string;
  /** What goes into Terraform in addition to the name and the topic. */
  readonly config: Omit<CloudwatchMetricAlarmConfig, 'alarmName'>;
}

/** The alarm of a pool's canary: a token that is not as declared, and no result at all. */
export function canaryAlarm(
  environment: string,
  pool: string,
  { canaryMinutes }: WatchSettings,
): WatchAlarm {
  return {
    name: `canary-failed-${pool}`,
    description: `The canary of pool ${pool} got no token, or one that is not as declared, or does not run. m2m watch ${pool} --env ${environment} says why.`,
    config: {
      ...maximumOf(canaryMetric(environment, pool), 1, 'breaching'),
      comparisonOperator: 'LessThanThreshold',
      statistic: 'Minimum',
      period: canaryMinutes * 60,
    },
  };
}

/** What Amazon Cognito counts a request for a token of a machine client as. */
const TOKENS_REQUESTED: Metric['dimensions'] = {
  Type: 'API',
  Service: 'Cognito user pool',
  Resource: 'ClientAuthentication',
};

/**
 * Requests for tokens of machine clients in the whole account and Region, as Amazon Cognito counts them for its quota.
 *
 * The documentation lists a dimension `Class` and says that Amazon Cognito does not use it. CloudWatch takes a metric with it and one
 * without it for two, and only one of them has values: the alarm adds them up.
 *
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/metrics-for-cognito-user-pools.html
 */
const REQUESTED: readonly Metric[] = [TOKENS_REQUESTED, { ...TOKENS_REQUESTED, Class: 'None' }].map(
  (dimensions) => ({ namespace: 'AWS/Usage', name: 'CallCount', dimensions }),
);

const PERIOD_SECONDS = 300;

/** Every alarm of the watcher. The runbook of each is in docs/watch.md. */
export function watchAlarms(environment: string): WatchAlarm[] {
  return [
    factAlarm(
      environment,
      'trigger-detached',
      'TriggerDetached',
      'Tokens of a pool carry no claims, or none are issued.',
    ),
    factAlarm(
      environment,
      'unknown-secret',
      'UnknownSecret',
      'A client has a secret that m2m rotate did not add.',
    ),
    factAlarm(environment, 'pool-changed', 'PoolChanged', 'A pool differs from what was deployed.'),
    {
      name: 'watch-failed',
      description:
        'The watcher cannot look, or is gone: its function, its schedule or its rights. Its log names the reason.',
      // Nothing counted is as bad as a failure: nobody is watching.
      config: maximumOf(watchMetric(environment, 'WatchFailed'), 2, 'breaching'),
    },
    silenceAlarm(environment),
  ];
}

function factAlarm(
  environment: string,
  name: string,
  metric: WatchMetricName,
  sentence: string,
): WatchAlarm {
  return {
    name,
    description: `${sentence} m2m watch --env ${environment} says what, since when and by whom.`,
    // A look that failed says nothing about the facts.
    config: maximumOf(watchMetric(environment, metric), 1, 'ignore'),
  };
}

function maximumOf(metric: Metric, periods: number, treatMissingData: string) {
  return {
    comparisonOperator: 'GreaterThanOrEqualToThreshold',
    threshold: 1,
    evaluationPeriods: periods,
    datapointsToAlarm: periods,
    treatMissingData,
    namespace: metric.namespace,
    metricName: metric.name,
    dimensions: { ...metric.dimensions },
    period: PERIOD_SECONDS,
    statistic: 'Maximum',
  };
}

/** Needs no AWS CloudTrail: tokens are requested, and the trigger reports none. */
function silenceAlarm(environment: string): WatchAlarm {
  const requests = REQUESTED.map((_metric, index) => `FILL(requested${index + 1}, 0)`).join(' + ');
  const expression = `IF((${requests}) > 0 AND (FILL(issued, 0) + FILL(refused, 0)) == 0, ${requests}, 0)`;
  return {
    name: 'trigger-silent',
    description:
      'Clients of this account requested tokens, and for 5 minutes the trigger neither issued nor refused one. Other pools of the account that issue tokens for machines also cause this alarm.',
    config: {
      comparisonOperator: 'GreaterThanOrEqualToThreshold',
      threshold: 1,
      evaluationPeriods: 1,
      datapointsToAlarm: 1,
      treatMissingData: 'notBreaching',
      metricQuery: [
        { id: 'silent', expression, label: 'requested, and none reported', returnData: true },
        ...REQUESTED.map((metric, index) =>
          sumQuery(`requested${index + 1}`, metric, PERIOD_SECONDS),
        ),
        sumQuery('issued', triggerMetric(environment, 'TokensIssued'), PERIOD_SECONDS),
        sumQuery('refused', triggerMetric(environment, 'TokensDenied'), PERIOD_SECONDS),
      ],
    },
  };
}
