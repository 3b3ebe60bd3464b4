import { DENIAL_REASONS } from './denial-reasons.ts';
import { lambdaMetric, type Metric, triggerMetric } from './metrics.ts';

/** When an alarm goes off: the figure of a period is at or over the threshold, in so many periods of the last ones. */
export interface AlarmDefinition {
  /** Unique in its environment, in kebab-case. */
  readonly name: string;
  /** What happened and where to look, for whoever is woken. */
  readonly description: string;
  readonly metric: Metric;
  /** A metric whose sum is taken off first. @default none */
  readonly without?: Metric;
  readonly statistic: 'Sum' | 'p99';
  /** In the metric's unit: a count, or milliseconds. */
  readonly threshold: number;
  readonly periodSeconds: number;
  /** How many periods of the last `ofPeriods` must be over. */
  readonly periods: number;
  readonly ofPeriods: number;
}

const FIVE_MINUTES = { statistic: 'Sum', periodSeconds: 300, periods: 1, ofPeriods: 1 } as const;

/**
 * AWS Lambda counts a refused token when the call begins, the trigger's log line when it ends and a little late. So what is
 * left after taking refusals off errors is a few too many in one period and as many too few in the next: that can't go
 * on for three periods.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
 */
const THREE_IN_A_ROW = { statistic: 'Sum', periodSeconds: 300, periods: 3, ofPeriods: 3 } as const;

/** Near the 2.5 s in which the trigger answers or refuses, well before the 5 s of Amazon Cognito; in milliseconds. */
const SLOW_MS = 2000;

/** Every alarm of an environment. */
export function alarmDefinitions(environment: string): AlarmDefinition[] {
  return [
    ...functionAlarms(environment),
    ...storeAlarms(environment),
    ...DENIAL_REASONS.map(({ code, alarmAtCount }) => ({
      ...FIVE_MINUTES,
      name: `denied-${code.replace(/^ERR_/, '').toLowerCase().replaceAll('_', '-')}`,
      description: `Tokens are refused with ${code}. The log lines with outcome "denied" name the clients.`,
      metric: triggerMetric(environment, 'TokensDenied', code),
      threshold: alarmAtCount,
    })),
  ];
}

function functionAlarms(environment: string): AlarmDefinition[] {
  return [
    {
      ...THREE_IN_A_ROW,
      name: 'errors',
      description:
        'For 15 minutes the trigger has ended without an answer: it crashes or runs into its time-out. Refused tokens are not counted here.',
      metric: lambdaMetric(environment, 'Errors'),
      // Refusing a token is throwing, so AWS Lambda counts each as an error.
      without: triggerMetric(environment, 'TokensDenied'),
      threshold: 1,
    },
    {
      ...FIVE_MINUTES,
      name: 'throttles',
      description:
        'The trigger was not started: the concurrency of the function or account is used up.',
      metric: lambdaMetric(environment, 'Throttles'),
      threshold: 1,
    },
    {
      name: 'slow',
      description: 'One token in a hundred takes nearly as long as the trigger allows itself.',
      metric: lambdaMetric(environment, 'Duration'),
      statistic: 'p99',
      threshold: SLOW_MS,
      periodSeconds: 60,
      periods: 3,
      ofPeriods: 5,
    },
  ];
}

function storeAlarms(environment: string): AlarmDefinition[] {
  return [
    {
      ...FIVE_MINUTES,
      name: 'store-errors',
      description: 'The claims table can not be read.',
      metric: triggerMetric(environment, 'StoreErrors'),
      threshold: 5,
    },
    {
      ...FIVE_MINUTES,
      name: 'stale-served',
      description:
        'Tokens carry claims from memory, because the claims table can not be read. They will be refused when that gets too old.',
      metric: triggerMetric(environment, 'StaleServed'),
      threshold: 1,
    },
    {
      ...FIVE_MINUTES,
      name: 'reserved-dropped',
      description: 'A record holds a claim that no trigger may set; someone wrote past our tools.',
      metric: triggerMetric(environment, 'ReservedDropped'),
      threshold: 1,
    },
  ];
}
