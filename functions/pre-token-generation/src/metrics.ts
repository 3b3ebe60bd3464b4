import { toMembers } from './json-members.ts';

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
  UserTriggerMs: 'Milliseconds',
  UserTriggerErrors: 'Count',
} as const;

/** A metric that a token's log line may carry. */
type MetricName = keyof typeof UNITS;

/** Metric values by name; a metric without a value is left out. */
export type MetricValues = { readonly [name in MetricName]?: number | undefined };

/** Metrics of a log line as text: their values, and the directive that makes CloudWatch extract them. */
export interface MetricTexts {
  /** Members of the line. */
  readonly values: string;
  /** One member of the list in `_aws`. */
  readonly directive: string;
}

/**
 * Renders metrics as text.
 *
 * All have the dimension `service`; with a reason, they are counted by `service` and `reason` as well.
 *
 * @param reason - Why a token was refused; goes into the line, too.
 */
export function renderMetrics(values: MetricValues, reason?: string): MetricTexts {
  const names = (Object.keys(values) as MetricName[]).filter((name) => values[name] !== undefined);
  const members = names.map((name) => `"${name}":${values[name]}`);
  if (reason !== undefined) members.push(toMembers({ reason }));
  return { values: members.join(), directive: renderDirective(names, reason !== undefined) };
}

/** Few lines carry other metrics than the one before. */
const directives = new Map<string, string>();

function renderDirective(names: readonly MetricName[], hasReason: boolean): string {
  const key = hasReason ? `${names.join()} reason` : names.join();
  const known = directives.get(key);
  if (known !== undefined) return known;
  const directive = JSON.stringify({
    Namespace: METRICS_NAMESPACE,
    Dimensions: hasReason ? [['service'], ['service', 'reason']] : [['service']],
    Metrics: names.map((Name) => ({ Name, Unit: UNITS[Name] })),
  });
  directives.set(key, directive);
  return directive;
}

/**
 * Renders the member of a line by which CloudWatch knows its metrics.
 *
 * @param wallMs - Epoch milliseconds.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export function embedMetrics(wallMs: number, directives: readonly string[]): string {
  return `"_aws":{"Timestamp":${wallMs},"CloudWatchMetrics":[${directives}]}`;
}
