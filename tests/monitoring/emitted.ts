import { type MetricKey, metricKey } from './watched.ts';

/** A log line, as far as CloudWatch and the dashboard read it. */
export interface LogLine {
  readonly [field: string]: unknown;
  readonly outcome?: string;
  readonly reason?: string;
  readonly _aws?: {
    readonly CloudWatchMetrics: readonly {
      readonly Namespace: string;
      readonly Dimensions: readonly (readonly string[])[];
      readonly Metrics: readonly { readonly Name: string }[];
    }[];
  };
}

/**
 * Lists the metrics that CloudWatch extracts from a line: each in every set of dimensions.
 *
 * A metric without a number, or a dimension without a string, does not count.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export function emittedMetrics(line: LogLine): MetricKey[] {
  return (line._aws?.CloudWatchMetrics ?? []).flatMap(({ Namespace, Dimensions, Metrics }) =>
    Dimensions.filter((names) => names.every((name) => typeof line[name] === 'string')).flatMap(
      (names) =>
        Metrics.filter(({ Name }) => typeof line[Name] === 'number').map(({ Name }) =>
          metricKey(Namespace, Name, Object.fromEntries(names.map((name) => [name, line[name]]))),
        ),
    ),
  );
}
