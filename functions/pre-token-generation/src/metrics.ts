import type { LineFields } from './line-writer.ts';

/** The CloudWatch namespace of all metrics. */
const METRICS_NAMESPACE = 'CognitoM2mClaims';

const UNITS = {
  TokensIssued: 'Count',
  TokensDenied: 'Count',
  StaleServed: 'Count',
  StoreErrors: 'Count',
  ReservedDropped: 'Count',
  ClaimsBytes: 'Bytes',
  StoreLatency: 'Milliseconds',
} as const;

/** A metric that a token's log line may carry. */
type MetricName = keyof typeof UNITS;

/** Metric values by name; a metric without a value is left out. */
export type MetricValues = { readonly [name in MetricName]?: number };

/**
 * Renders metrics as the fields that make CloudWatch extract them from a log line.
 *
 * All have the dimension `service`; with a reason, they are counted by `service` and `reason` as well.
 *
 * @param wallMs - Epoch milliseconds.
 * @param reason - Why a token was refused.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export function toMetricFields(values: MetricValues, wallMs: number, reason?: string): LineFields {
  const names = Object.keys(values) as MetricName[];
  return {
    ...values,
    ...(reason !== undefined && { reason }),
    _aws: {
      Timestamp: wallMs,
      CloudWatchMetrics: [
        {
          Namespace: METRICS_NAMESPACE,
          Dimensions: reason === undefined ? [['service']] : [['service'], ['service', 'reason']],
          Metrics: names.map((Name) => ({ Name, Unit: UNITS[Name] })),
        },
      ],
    },
  };
}
