import { TRIGGER_ALIAS, triggerName } from '@cognito-m2m/environment/names';

/** A CloudWatch metric with its dimensions. */
export interface Metric {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: { readonly [name: string]: string };
}

/** What the trigger counts itself, in the log line of each token. */
export type TriggerMetricName =
  | 'TokensIssued'
  | 'TokensDenied'
  | 'StaleServed'
  | 'StoreErrors'
  | 'ReservedDropped'
  | 'ClaimsBytes'
  | 'StoreLatency';

/** A metric of the trigger's log lines. `reason` counts refused tokens of one reason alone. */
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
