import {
  CloudwatchMetricAlarm,
  type CloudwatchMetricAlarmConfig,
} from '@cdktf/provider-aws/lib/cloudwatch-metric-alarm/index.js';
import type { Environment } from '@cognito-m2m/environment';
import { alarmName } from '@cognito-m2m/environment/names';
import { Construct } from 'constructs';
import { type AlarmDefinition, alarmDefinitions } from '../monitoring/alarm-definitions.ts';
import type { Metric } from '../monitoring/metrics.ts';

/** What the alarms are made from. */
export interface TriggerAlarmsProps {
  readonly environment: Environment;
}

/** The alarms of an environment; they go to its topic, or show in CloudWatch alone. */
export class TriggerAlarms extends Construct {
  constructor(scope: Construct, id: string, props: TriggerAlarmsProps) {
    super(scope, id);
    const { name, alarmTopicArn } = props.environment;
    const actions = alarmTopicArn === undefined ? [] : [alarmTopicArn];
    for (const definition of alarmDefinitions(name)) {
      new CloudwatchMetricAlarm(this, definition.name, {
        alarmName: alarmName(name, definition.name),
        alarmDescription: definition.description,
        comparisonOperator: 'GreaterThanOrEqualToThreshold',
        threshold: definition.threshold,
        datapointsToAlarm: definition.periods,
        evaluationPeriods: definition.ofPeriods,
        // No traffic is no trouble.
        treatMissingData: 'notBreaching',
        alarmActions: actions,
        okActions: actions,
        ...(definition.without === undefined
          ? singleMetric(definition)
          : difference(definition, definition.without)),
      });
    }
  }
}

function singleMetric({
  metric,
  statistic,
  periodSeconds,
}: AlarmDefinition): Partial<CloudwatchMetricAlarmConfig> {
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
