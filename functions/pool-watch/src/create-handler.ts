import type { Logger } from '@aws-lambda-powertools/logger';
import { propertyOf } from '@cognito-m2m/claim-schema/values';
import { type Change, FACT_METRICS } from '@cognito-m2m/doctor/watch-facts';
import middy, { type MiddyfiedHandler } from '@middy/core';
import type { Proof } from './canary.ts';
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
  writeLine(toMetricLine(clock(), metrics, { service }));
}

/** @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html */
function toMetricLine(
  Timestamp: number,
  metrics: { readonly [name: string]: number },
  dimensions: { readonly [name: string]: string },
): string {
  const Metrics = Object.keys(metrics).map((Name) => ({ Name, Unit: 'Count' }));
  const CloudWatchMetrics = [
    { Namespace: NAMESPACE, Dimensions: [Object.keys(dimensions)], Metrics },
  ];
  return JSON.stringify({ _aws: { Timestamp, CloudWatchMetrics }, ...dimensions, ...metrics });
}

/** What the canary's handler is made with. */
export interface CanaryHandlerEdges extends Omit<HandlerEdges, 'watcher'> {
  readonly prove: () => Promise<readonly Proof[]>;
}

/** Creates the handler of the canary: whatever the event, it proves a token of each pool. */
export function createCanaryHandler({
  prove,
  logger,
  writeLine,
  clock,
  service,
}: CanaryHandlerEdges): MiddyfiedHandler<unknown, readonly Proof[]> {
  return middy<unknown, readonly Proof[]>().handler(async () => {
    const proofs = await prove();
    for (const { pool, client, problem } of proofs) {
      if (problem === undefined) logger.info('canary.proved', { pool, client });
      else logger.error('canary.failed', { pool, client, problem });
      const TokenProved = problem === undefined ? 1 : 0;
      writeLine(toMetricLine(clock(), { TokenProved }, { service, pool }));
    }
    return proofs;
  });
}

/** AWS Lambda names an operation with the version of its API: `UpdateAlias20150331`. */
const API_VERSION = /\d{8}(?:v\d+)?$/;

/**
 * Reads a change from an event of EventBridge.
 *
 * @returns `undefined` for anything that is not a call that succeeded: the watcher looks at what is there in any case.
 * @see https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
 */
export function readChange(event: unknown): Change | undefined {
  const detail = member(event, 'detail');
  const id = text(detail, 'eventID');
  const at = text(detail, 'eventTime');
  const action = text(detail, 'eventName');
  if (id === undefined || at === undefined || action === undefined) return undefined;
  if (Number.isNaN(Date.parse(at)) || text(detail, 'errorCode') !== undefined) return undefined;
  const identity = member(detail, 'userIdentity');
  const parameters = member(detail, 'requestParameters');
  const client = member(member(detail, 'responseElements'), 'userPoolClient');
  return {
    id,
    at: new Date(at).toISOString(),
    action: action.replace(API_VERSION, ''),
    who:
      text(identity, 'arn') ??
      text(identity, 'invokedBy') ??
      text(identity, 'principalId') ??
      'unknown',
    from: text(detail, 'sourceIPAddress') ?? 'unknown',
    userPoolId: text(parameters, 'userPoolId'),
    clientId: text(parameters, 'clientId') ?? text(client, 'clientId'),
  };
}

function member(value: unknown, name: string): unknown {
  return Object.hasOwn(Object(value), name) ? propertyOf(value, name) : undefined;
}

/** The maximum length kept of a string from another source's event. */
const MAX_LENGTH = 512;

function text(value: unknown, name: string): string | undefined {
  const found = member(value, name);
  return typeof found === 'string' && found !== '' ? found.slice(0, MAX_LENGTH) : undefined;
}
