import type { Logger } from '@aws-lambda-powertools/logger';
import { FACT_METRICS } from '@cognito-m2m/doctor/watch-facts';
import middy, { type MiddyfiedHandler } from '@middy/core';
import { readChange } from './changes.ts';
import type { LookResult, Watcher } from './watcher.ts';

/** The namespace of all metrics. */
const NAMESPACE = 'CognitoM2mClaims';

/** What the handler is made with. */
export interface HandlerEdges {
  readonly watcher: Watcher;
  readonly logger: Pick<Logger, 'info' | 'error'>;
  /** Writes one line of the log as it is: CloudWatch extracts metrics from it. */
  readonly writeLine: (line: string) => void;
  /** Epoch milliseconds. */
  readonly clock: () => number;
  /** The dimension of the metrics: the name of the function. */
  readonly service: string;
}

/** Creates the handler: any event makes it look, and one of AWS CloudTrail says who changed what. */
export function createHandler(edges: HandlerEdges): MiddyfiedHandler<unknown, LookResult> {
  const { watcher, logger } = edges;
  return middy<unknown, LookResult>()
    .use({ after: ({ response }) => countLook(edges, response) })
    .handler(async (event) => {
      const change = readChange(event);
      const result = await watcher.look(change);
      if (result.outcome === 'joined') {
        logger.info('watch.joined', { action: change?.action });
        return result;
      }
      const facts = result.open?.map(({ check, subject, since }) => ({ check, subject, since }));
      const details = { action: change?.action, facts, problems: result.problems };
      if (result.problems.length > 0) logger.error('watch.failed', details);
      else logger.info('watch.looked', details);
      return result;
    });
}

/** @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html */
function countLook({ writeLine, clock, service }: HandlerEdges, result: LookResult | undefined) {
  if (result === undefined || result.outcome === 'joined') return;
  const counts = Object.fromEntries(
    FACT_METRICS.flatMap((name) =>
      result.open === undefined
        ? []
        : [[name, result.open.filter(({ metric }) => metric === name).length]],
    ),
  );
  const metrics = { ...counts, WatchFailed: result.problems.length > 0 ? 1 : 0 };
  const Metrics = Object.keys(metrics).map((Name) => ({ Name, Unit: 'Count' }));
  const CloudWatchMetrics = [{ Namespace: NAMESPACE, Dimensions: [['service']], Metrics }];
  writeLine(
    JSON.stringify({ _aws: { Timestamp: clock(), CloudWatchMetrics }, service, ...metrics }),
  );
}
