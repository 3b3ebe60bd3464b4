import {
  DENIAL_MESSAGES,
  type DenialCode,
  TOKEN_REFUSAL_MESSAGES,
} from '@cognito-m2m/claim-schema';
import { keysOf } from '@cognito-m2m/claim-schema/values';
import type { Environment } from '@cognito-m2m/environment';
import { TRIGGER_ALIAS, triggerName, watchName } from '@cognito-m2m/environment/names';

/** A CloudWatch metric with its dimensions. */
export interface Metric {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: { readonly [name: string]: string };
}

/** What the trigger itself counts, in the log line of each token. */
type TriggerMetricName =
  | 'TokensIssued'
  | 'TokensDenied'
  | 'StaleServed'
  | 'StoreErrors'
  | 'ReservedDropped'
  | 'ClaimsBytes'
  | 'StoreLatency'
  | 'UserTriggerErrors'
  | 'UserTriggerMs';

/** A metric of the trigger's log lines. With `reason`, it counts the tokens refused for that reason only. */
export function triggerMetric(
  environment: string,
  name: TriggerMetricName,
  reason?: string,
): Metric {
  const service = triggerName(environment);
  const dimensions = reason === undefined ? { service } : { service, reason };
  return { namespace: 'CognitoM2mClaims', name, dimensions };
}

/** A metric of AWS Lambda for the alias that the pools call. */
export function lambdaMetric(
  environment: string,
  name: 'Invocations' | 'Errors' | 'Throttles' | 'Duration' | 'ConcurrentExecutions',
): Metric {
  const FunctionName = triggerName(environment);
  const dimensions = { FunctionName, Resource: `${FunctionName}:${TRIGGER_ALIAS}` };
  return { namespace: 'AWS/Lambda', name, dimensions };
}

/** Why a user's token is refused. */
const TOKEN_REASONS = keysOf(TOKEN_REFUSAL_MESSAGES);

/** What a caller or the owner of a client can cause; some of it happens every day. */
const CALLER_REASONS: readonly DenialCode[] = [
  'ERR_CLIENT_UNKNOWN',
  'ERR_CLIENT_DISABLED',
  'ERR_METADATA_REQUIRED',
  'ERR_METADATA_NOT_ALLOWED',
  'ERR_TOKEN_REQUIRED',
  ...TOKEN_REASONS.filter((code) => code !== 'ERR_TOKEN_KEYS_UNAVAILABLE'),
];

/** Why the trigger refuses tokens in addition to the claim rules: faults of the service. */
const SERVICE_REASONS = [
  'ERR_STORE_UNAVAILABLE',
  'ERR_RECORD_INVALID',
  'ERR_EVENT_INVALID',
  'ERR_SETTINGS_INVALID',
  'ERR_INTERNAL',
];

/** A reason for refused tokens, and how many of them in five minutes concern the team. */
interface DenialReason {
  /** The code, as in the log line and in the error that the caller receives. */
  readonly code: string;
  readonly alarmAtCount: number;
}

/** Every reason for which a token is refused in an environment: those of users' tokens only where a pool takes them. */
export function denialReasons({ pools }: Pick<Environment, 'pools'>): readonly DenialReason[] {
  const hasIssuers = pools.some(({ tokenIssuers }) => tokenIssuers.length > 0);
  const codes = Object.keys(DENIAL_MESSAGES).filter((code) => hasIssuers || !isOfUserToken(code));
  return [...codes, ...SERVICE_REASONS].map((code) => ({
    code,
    alarmAtCount: CALLER_REASONS.some((reason) => reason === code) ? 25 : 1,
  }));
}

function isOfUserToken(code: string): boolean {
  return code === 'ERR_TOKEN_REQUIRED' || Object.hasOwn(TOKEN_REFUSAL_MESSAGES, code);
}

/** True if a pool of the environment sends users' events to a function of its owner. */
export function hasUserTriggers({ pools }: Pick<Environment, 'pools'>): boolean {
  return pools.some(({ userTrigger }) => userTrigger !== undefined);
}

/**
 * A metric's sum as a term of metric math.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
 */
export function sumQuery(
  id: string,
  { namespace, name, dimensions }: Metric,
  periodSeconds: number,
) {
  return {
    id,
    metric: {
      namespace,
      metricName: name,
      dimensions: { ...dimensions },
      period: periodSeconds,
      stat: 'Sum',
    },
  };
}

/** What the watcher counts: open facts of a kind, and 1 for a look that failed. */
export type WatchMetricName = 'TriggerDetached' | 'UnknownSecret' | 'PoolChanged' | 'WatchFailed';

/** A metric of the watcher. */
export function watchMetric(environment: string, name: WatchMetricName): Metric {
  return { namespace: 'CognitoM2mClaims', name, dimensions: { service: watchName(environment) } };
}

/** Whether the canary of a pool got a token as declared: 1 or 0. */
export function canaryMetric(environment: string, pool: string): Metric {
  return {
    namespace: 'CognitoM2mClaims',
    name: 'TokenProved',
    dimensions: { service: watchName(environment), pool },
  };
}
