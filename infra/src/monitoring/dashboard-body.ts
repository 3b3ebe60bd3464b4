import type { Environment } from '@cognito-m2m/environment';
import { claimsStackName, logGroupName, tableName } from '@cognito-m2m/environment/names';
import {
  canaryMetric,
  denialReasons,
  hasUserTriggers,
  lambdaMetric,
  type Metric,
  triggerMetric,
  type WatchMetricName,
  watchMetric,
} from './metrics.ts';

/** One line of a graph. */
interface Line {
  readonly metric: Metric;
  readonly stat: 'Sum' | 'Maximum' | 'Minimum' | 'p50' | 'p99';
  readonly label: string;
}

/** One widget, without its position. */
interface Widget {
  readonly type: 'metric' | 'log' | 'text';
  readonly properties: object;
}

/** A dashboard is 24 columns wide. @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html */
const WIDGET_WIDTH = 12;
const WIDGETS_PER_ROW = 2;
const WIDGET_HEIGHT = 6;

/**
 * Renders the dashboard of an environment, in the order of the questions in an incident: are tokens issued, why not, how fast,
 * does the table answer, how big are the tokens, who was refused last.
 */
export function dashboardBody(environment: Environment): string {
  const widgets = [
    ...tokenGraphs(environment),
    ...speedGraphs(environment),
    ...recordGraphs(environment),
    refusedLog(environment),
    ...userGraphs(environment),
    ...watchGraphs(environment),
  ];
  return JSON.stringify({
    widgets: widgets.map((widget, index) => ({
      ...widget,
      x: (index % WIDGETS_PER_ROW) * WIDGET_WIDTH,
      y: Math.floor(index / WIDGETS_PER_ROW) * WIDGET_HEIGHT,
      width: WIDGET_WIDTH,
      height: WIDGET_HEIGHT,
    })),
  });
}

function tokenGraphs(environment: Environment): Widget[] {
  const { name, region } = environment;
  return [
    graph(region, 'Tokens issued and refused', [
      { metric: triggerMetric(name, 'TokensIssued'), stat: 'Sum', label: 'issued' },
      { metric: triggerMetric(name, 'TokensDenied'), stat: 'Sum', label: 'refused' },
    ]),
    graph(
      region,
      'Refused tokens by reason',
      denialReasons(environment).map(({ code }) => ({
        metric: triggerMetric(name, 'TokensDenied', code),
        stat: 'Sum',
        label: code,
      })),
    ),
  ];
}

/** What the functions for users' tokens come to; nothing where there is none. */
function userGraphs(environment: Environment): Widget[] {
  const { name, region } = environment;
  if (!hasUserTriggers(environment)) return [];
  return [
    graph(region, "The functions for users' tokens", [
      { metric: triggerMetric(name, 'UserTriggerErrors'), stat: 'Sum', label: 'errors' },
      { metric: triggerMetric(name, 'UserTriggerMs'), stat: 'p50', label: 'p50, in milliseconds' },
      { metric: triggerMetric(name, 'UserTriggerMs'), stat: 'p99', label: 'p99, in milliseconds' },
    ]),
  ];
}

/** What the watcher counts; nothing where nothing is watched. */
function watchGraphs({ name, region, watch, pools }: Environment): Widget[] {
  if (watch === undefined) return [];
  const line = (metric: WatchMetricName, label: string): Line => ({
    metric: watchMetric(name, metric),
    stat: 'Maximum',
    label,
  });
  const canaries = pools
    .filter(({ canary }) => canary !== undefined)
    .map(
      (pool): Line => ({
        metric: canaryMetric(name, pool.name),
        stat: 'Minimum',
        label: pool.name,
      }),
    );
  return [
    graph(region, 'What differs from the declaration', [
      line('TriggerDetached', 'trigger detached'),
      line('UnknownSecret', 'unknown secrets'),
      line('PoolChanged', 'pools changed'),
      line('WatchFailed', 'looks that failed'),
    ]),
    ...(canaries.length === 0 ? [] : [graph(region, 'Tokens proved by the canaries', canaries)]),
  ];
}

function speedGraphs({ name, region }: Environment): Widget[] {
  return [
    graph(region, 'Duration of the trigger, in milliseconds', [
      { metric: lambdaMetric(name, 'Duration'), stat: 'p50', label: 'p50' },
      { metric: lambdaMetric(name, 'Duration'), stat: 'p99', label: 'p99' },
      { metric: triggerMetric(name, 'StoreLatency'), stat: 'p99', label: 'table, p99' },
    ]),
    graph(region, 'The function', [
      {
        metric: lambdaMetric(name, 'Errors'),
        stat: 'Sum',
        label: 'errors, refused tokens included',
      },
      { metric: lambdaMetric(name, 'Throttles'), stat: 'Sum', label: 'throttles' },
      { metric: lambdaMetric(name, 'ConcurrentExecutions'), stat: 'Maximum', label: 'at once' },
    ]),
  ];
}

function recordGraphs({ name, region }: Environment): Widget[] {
  const TableName = tableName(name);
  const tableMetric = (metricName: string, dimensions: Metric['dimensions'] = {}): Metric => ({
    namespace: 'AWS/DynamoDB',
    name: metricName,
    dimensions: { TableName, ...dimensions },
  });
  const throttled = tableMetric('ThrottledRequests', { Operation: 'Query' });
  return [
    graph(region, 'The claims table', [
      { metric: triggerMetric(name, 'StoreErrors'), stat: 'Sum', label: 'read errors' },
      { metric: triggerMetric(name, 'StaleServed'), stat: 'Sum', label: 'stale answers' },
      { metric: throttled, stat: 'Sum', label: 'throttled' },
      { metric: tableMetric('ConsumedReadCapacityUnits'), stat: 'Sum', label: 'read units' },
    ]),
    graph(region, 'Claims of a token, in bytes', [
      { metric: triggerMetric(name, 'ClaimsBytes'), stat: 'p50', label: 'p50' },
      { metric: triggerMetric(name, 'ClaimsBytes'), stat: 'Maximum', label: 'largest' },
      {
        metric: triggerMetric(name, 'ReservedDropped'),
        stat: 'Sum',
        label: 'reserved claims dropped',
      },
    ]),
  ];
}

/** @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax.html */
function refusedLog({ name, region }: Environment): Widget {
  const query = [
    `SOURCE '${logGroupName(name)}'`,
    'fields @timestamp, reason, subject, clientId, userPoolId',
    'filter outcome = "denied"',
    'sort @timestamp desc',
    'limit 20',
  ].join(' | ');
  return {
    type: 'log',
    properties: {
      region,
      title: `Last refused tokens (${claimsStackName(name)})`,
      query,
      view: 'table',
    },
  };
}

function graph(region: string, title: string, lines: readonly Line[]): Widget {
  const metrics = lines.map(({ metric, stat, label }) => [
    metric.namespace,
    metric.name,
    ...Object.entries(metric.dimensions).flat(),
    { stat, label },
  ]);
  const properties = { region, title, view: 'timeSeries', stacked: false, period: 60, metrics };
  return { type: 'metric', properties };
}
