import { CloudwatchDashboard } from '@cdktf/provider-aws/lib/cloudwatch-dashboard/index.js';
import {
  CloudwatchMetricAlarm,
  type CloudwatchMetricAlarmConfig,
} from '@cdktf/provider-aws/lib/cloudwatch-metric-alarm/index.js';
import type { Environment } from '@cognito-m2m/environment';
import { alarmName, dashboardName } from '@cognito-m2m/environment/names';
import { Construct } from 'constructs';
import { type AlarmDefinition, alarmDefinitions } from '../monitoring/alarm-definitions.ts';
import { dashboardBody } from '../monitoring/dashboard-body.ts';
import type { Metric } from '../monitoring/metrics.ts';

/** What the alarms are made from. */
export interface TriggerAlarmsProps {
  readonly environment: Environment;
}

/** The alarms of an environment; they go to its topic, or are shown in CloudWatch only. */
export class TriggerAlarms extends Construct {
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
  if (without !== undefined) return difference(definition, without);
  return {
    namespace: metric.namespace,
    metricName: metric.name,
    dimensions: { ...metric.dimensions },
    period: periodSeconds,
    ...(statistic === 'Sum' ? { statistic } : { extendedStatistic: statistic }),
  };
}

/** @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html */
function difference(
  { metric, periodSeconds }: AlarmDefinition,
  without: Metric,
): Partial<CloudwatchMetricAlarmConfig> {
  const query = (id: string, { namespace, name, dimensions }: Metric) => ({
    id,
    metric: {
      namespace,
      metricName: name,
      dimensions: { ...dimensions },
      period: periodSeconds,
      stat: 'Sum',
    },
  });
  const expression = 'FILL(total, 0) - FILL(expected, 0)';
  return {
    metricQuery: [
      { id: 'unexpected', expression, label: metric.name, returnData: true },
      query('total', metric),
      query('expected', without),
    ],
  };
}

/** What the dashboard is made from. */
export interface TriggerDashboardProps {
  readonly environment: Environment;
}

/** The CloudWatch dashboard of an environment. */
export class TriggerDashboard extends Construct {
  constructor(scope: Construct, id: string, props: TriggerDashboardProps) {
    super(scope, id);
    new CloudwatchDashboard(this, 'dashboard', {
      dashboardName: dashboardName(props.environment.name),
      dashboardBody: dashboardBody(props.environment),
    });
  }
}
