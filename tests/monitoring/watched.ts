import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { contract } from '@cognito-m2m/claim-schema/fixtures';
import { type EnvironmentInput, validateEnvironment } from '@cognito-m2m/environment';
import {
  findTriggerDirectory,
  type ResourceArguments,
  synthesizeEnvironment,
} from '@cognito-m2m/infra';

/** A CloudWatch metric, as text that is the same for the same metric. */
export type MetricKey = string;

/** What the deployment of an environment sets up around its trigger. */
export interface Watched {
  /** Of the function. */
  readonly variables: { readonly [name: string]: string };
  /** The metrics of each alarm, by its name. */
  readonly alarms: ReadonlyMap<string, readonly MetricKey[]>;
  /** All metrics of the dashboard. */
  readonly dashboard: readonly MetricKey[];
  /** The queries of the dashboard's log widgets. */
  readonly queries: readonly string[];
  /** The dimensions under which AWS Lambda counts what the pools call. */
  readonly lambdaDimensions: Dimensions;
  readonly logGroup: string;
}

interface Dimensions {
  readonly [name: string]: unknown;
}

/** Writes a metric as text: `namespace name dimension=value …`. */
export function metricKey(namespace: unknown, name: unknown, dimensions: Dimensions): MetricKey {
  const pairs = Object.entries(dimensions).map(([key, value]) => `${key}=${value}`);
  return [namespace, name, ...pairs.sort()].join(' ');
}

/** Synthesizes an environment, as a deploy does, and reads what watches its trigger. */
export async function readWatched(input: EnvironmentInput): Promise<Watched> {
  const outputDirectory = await mkdtemp(join(tmpdir(), 'm2m-watched-'));
  const stacks = synthesizeEnvironment(validateEnvironment(contract, input), {
    triggerDirectory: findTriggerDirectory(),
    outputDirectory,
  });
  await rm(outputDirectory, { recursive: true });
  const resources = stacks.get(`${input.name}-claims`)?.resource ?? {};
  const of = (type: string) => Object.values(resources[type] ?? {});
  const [trigger = {}] = of('aws_lambda_function');
  const [alias = {}] = of('aws_lambda_alias');
  const [group = {}] = of('aws_cloudwatch_log_group');
  const widgets = of('aws_cloudwatch_dashboard').flatMap(readWidgets);
  return {
    variables: (trigger['environment'] as { variables: Watched['variables'] }).variables,
    alarms: new Map(
      of('aws_cloudwatch_metric_alarm').map((alarm) => [
        String(alarm['alarm_name']),
        readAlarm(alarm),
      ]),
    ),
    dashboard: widgets.flatMap(({ properties }) => (properties.metrics ?? []).map(readLine)),
    queries: widgets.flatMap(({ properties }) => properties.query ?? []),
    lambdaDimensions: {
      FunctionName: trigger['function_name'],
      Resource: `${trigger['function_name']}:${alias['name']}`,
    },
    logGroup: String(group['name']),
  };
}

/** One metric, or the metrics that an expression is made of. */
function readAlarm(alarm: ResourceArguments): MetricKey[] {
  const queries = (alarm['metric_query'] ?? []) as { metric?: ResourceArguments }[];
  const parts = queries.flatMap(({ metric }) => (metric === undefined ? [] : [metric]));
  const metrics = parts.length === 0 ? [alarm] : parts;
  return metrics.map(({ namespace, metric_name, dimensions }) =>
    metricKey(namespace, metric_name, dimensions as Dimensions),
  );
}

interface Widget {
  readonly properties: { readonly metrics?: readonly unknown[][]; readonly query?: string };
}

function readWidgets(dashboard: ResourceArguments): Widget[] {
  return JSON.parse(String(dashboard['dashboard_body'])).widgets;
}

/** `[namespace, name, dimension, value, …, options]`. @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html */
function readLine([namespace, name, ...rest]: unknown[]): MetricKey {
  const words = rest.filter((word) => typeof word === 'string');
  const pairs = words.flatMap((word, index) => (index % 2 === 0 ? [[word, words[index + 1]]] : []));
  return metricKey(namespace, name, Object.fromEntries(pairs));
}
