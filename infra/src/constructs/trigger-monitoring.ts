import { CloudwatchDashboard } from '@cdktf/provider-aws/lib/cloudwatch-dashboard/index.js';
import {
  CloudwatchMetricAlarm,
  type CloudwatchMetricAlarmConfig,
} from '@cdktf/provider-aws/lib/cloudwatch-metric-alarm/index.js';
import type { Environment } from '@cognito-m2m/environment';
import { alarmName, dashboardName } from '@cognito-m2m/environment/names';
import { Construct } from 'constructs';
import { dashboardBody } from '../monitoring/dashboard-body.ts';
import {
  denialReasons,
  hasUserTriggers,
  lambdaMetric,
  type Metric,
  sumQuery,
  triggerMetric,
} from '../monitoring/metrics.ts';

/** Adds the alarms and the dashboard of an environment. */
export function addTriggerMonitoring(scope: Construct, environment: Environment): void {
  new TriggerAlarms(scope, 'alarms', { environment });
  new TriggerDashboard(scope, 'dashboard', { environment });
}

/** What the alarms are made from. */
interface TriggerAlarmsProps {
  readonly environment: Environment;
}

/** The alarms of an environment; they go to its topic, or are shown in CloudWatch only. */
class TriggerAlarms extends Construct {
  constructor(scope: Construct, id: string, props: TriggerAlarmsProps) {
    super(scope, id);
    const { name, alarmTopicArn } = props.environment;
    const actions = alarmTopicArn === undefined ? [] : [alarmTopicArn];
    for (const definition of alarmDefinitions(props.environment)) {
      new CloudwatchMetricAlarm(this, definition.name, {
        alarmName: alarmName(name, definition.name),
        alarmDescription: definition.description,
        comparisonOperator: 'GreaterThanOrEqualToThreshold',
        threshold: definition.threshold,
        datapointsToAlarm: definition.periods,
        evaluationPeriods: definition.ofPeriods,
        // No traffic is not a fault.
        treatMissingData: 'notBreaching',
        alarmActions: actions,
        okActions: actions,
        ...metricOf(definition),
      });
    }
  }
}

function metricOf(definition: AlarmDefinition): Partial<CloudwatchMetricAlarmConfig> {
  const { metric, without, statistic, periodSeconds } = definition;
  if (without.length > 0) return difference(definition);
  return {
    namespace: metric.namespace,
    metricName: metric.name,
    dimensions: { ...metric.dimensions },
    period: periodSeconds,
    ...(statistic === 'Sum' ? { statistic } : { extendedStatistic: statistic }),
  };
}

/** @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html */
function difference({
  metric,
  periodSeconds,
  without,
}: AlarmDefinition): Partial<CloudwatchMetricAlarmConfig> {
  const expected = without.map((_, index) => `expected${index + 1}`);
  const expression = ['total', ...expected].map((id) => `FILL(${id}, 0)`).join(' - ');
  return {
    metricQuery: [
      { id: 'unexpected', expression, label: metric.name, returnData: true },
      sumQuery('total', metric, periodSeconds),
      ...without.map((one, index) => sumQuery(`expected${index + 1}`, one, periodSeconds)),
    ],
  };
}

/** What the dashboard is made from. */
interface TriggerDashboardProps {
  readonly environment: Environment;
}

/** The CloudWatch dashboard of an environment. */
class TriggerDashboard extends Construct {
  constructor(scope: Construct, id: string, props: TriggerDashboardProps) {
    super(scope, id);
    new CloudwatchDashboard(this, 'dashboard', {
      dashboardName: dashboardName(props.environment.name),
      dashboardBody: dashboardBody(props.environment),
    });
  }
}

/** When an alarm goes off: the value of a period reaches the threshold in `periods` of the last `ofPeriods` periods. */
interface AlarmDefinition {
  /** Unique in its environment, in kebab-case. */
  readonly name: string;
  /** What happened and where to look, for the person on call. */
  readonly description: string;
  readonly metric: Metric;
  /** Metrics whose sums are subtracted first. */
  readonly without: readonly Metric[];
  readonly statistic: 'Sum' | 'p99';
  /** In the metric's unit: a count, or milliseconds. */
  readonly threshold: number;
  readonly periodSeconds: number;
  /** How many periods of the last `ofPeriods` must reach the threshold. */
  readonly periods: number;
  readonly ofPeriods: number;
}

const FIVE_MINUTES = {
  statistic: 'Sum',
  periodSeconds: 300,
  periods: 1,
  ofPeriods: 1,
  without: [],
} as const;

/**
 * AWS Lambda counts a refused token when the call begins; the trigger's log line counts it when the call ends, and a little
 * late. So the errors that are left after subtracting refusals are a few too many in one period and as many too few in
 * the next, which cannot happen in three periods in a row.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
 */
const THREE_IN_A_ROW = { statistic: 'Sum', periodSeconds: 300, periods: 3, ofPeriods: 3 } as const;

/** Close to the 2.5 s in which the trigger answers or refuses, well before Amazon Cognito's 5 s; in milliseconds. */
const SLOW_MS = 2000;

/** Every alarm of an environment. */
export function alarmDefinitions(declared: Pick<Environment, 'name' | 'pools'>): AlarmDefinition[] {
  const environment = declared.name;
  return [
    ...functionAlarms(declared),
    ...storeAlarms(environment),
    ...(hasUserTriggers(declared) ? [userTriggerAlarm(environment)] : []),
    ...denialReasons(declared).map(({ code, alarmAtCount }) => ({
      ...FIVE_MINUTES,
      name: `denied-${code.replace(/^ERR_/, '').toLowerCase().replaceAll('_', '-')}`,
      description: `Tokens are refused with ${code}. The log lines with outcome "denied" name the clients.`,
      metric: triggerMetric(environment, 'TokensDenied', code),
      threshold: alarmAtCount,
    })),
  ];
}

function userTriggerAlarm(environment: string): AlarmDefinition {
  return {
    ...FIVE_MINUTES,
    name: 'user-trigger-errors',
    description:
      "The function for users' tokens failed or did not answer: users cannot sign in. The log lines user.failed name the pool.",
    metric: triggerMetric(environment, 'UserTriggerErrors'),
    threshold: 1,
  };
}

function functionAlarms(declared: Pick<Environment, 'name' | 'pools'>): AlarmDefinition[] {
  const environment = declared.name;
  const hasUserTrigger = hasUserTriggers(declared);
  const refusals = triggerMetric(environment, 'TokensDenied');
  const ofUsers = triggerMetric(environment, 'UserTriggerErrors');
  return [
    {
      ...THREE_IN_A_ROW,
      name: 'errors',
      description:
        'For 15 minutes calls of the trigger have ended without an answer: it crashed or timed out. Refused tokens are not counted here.',
      metric: lambdaMetric(environment, 'Errors'),
      // AWS Lambda counts each refused token as an error, and each error of a function for users' tokens that is passed on.
      without: hasUserTrigger ? [refusals, ofUsers] : [refusals],
      threshold: 1,
    },
    {
      ...FIVE_MINUTES,
      name: 'throttles',
      description:
        'AWS Lambda throttled the trigger: the concurrency of the function or of the account is used up.',
      metric: lambdaMetric(environment, 'Throttles'),
      threshold: 1,
    },
    {
      name: 'slow',
      without: [],
      description: hasUserTrigger
        ? "One token in a hundred takes nearly as long as the trigger allows. Users' tokens count as well: UserTriggerMs shows how long their function takes."
        : 'One token in a hundred takes nearly as long as the trigger allows.',
      metric: lambdaMetric(environment, 'Duration'),
      statistic: 'p99',
      threshold: SLOW_MS,
      periodSeconds: 60,
      periods: 3,
      ofPeriods: 5,
    },
  ];
}

function storeAlarms(environment: string): AlarmDefinition[] {
  return [
    {
      ...FIVE_MINUTES,
      name: 'store-errors',
      description: 'The trigger cannot read the claims table.',
      metric: triggerMetric(environment, 'StoreErrors'),
      threshold: 5,
    },
    {
      ...FIVE_MINUTES,
      name: 'stale-served',
      description:
        'Tokens carry claims from memory, because the trigger cannot read the claims table. Tokens are refused when those claims are too old.',
      metric: triggerMetric(environment, 'StaleServed'),
      threshold: 1,
    },
    {
      ...FIVE_MINUTES,
      name: 'reserved-dropped',
      description:
        'A record holds a reserved claim that no trigger may set; someone wrote to the table directly.',
      metric: triggerMetric(environment, 'ReservedDropped'),
      threshold: 1,
    },
  ];
}
