import type { Fault } from '@cognito-m2m/claim-schema';
import { DEFAULT_TRIGGER } from '../normalise-environment.ts';
import type { PartialEnvironment } from '../read-shape.ts';

/** Settings of the trigger that each are right and can't be together. */
export function checkTrigger({ trigger = {} }: PartialEnvironment): Fault[] {
  const { provisionedConcurrency = 0, reservedConcurrency = Number.POSITIVE_INFINITY } = trigger;
  const { cacheSeconds, maxStaleSeconds } = { ...DEFAULT_TRIGGER, ...trigger };
  return [
    // @see https://docs.aws.amazon.com/lambda/latest/dg/provisioned-concurrency.html
    ...atMost(
      'provisionedConcurrency',
      provisionedConcurrency,
      'reservedConcurrency',
      reservedConcurrency,
    ),
    // A record that is fresh is never too old.
    ...atMost('cacheSeconds', cacheSeconds, 'maxStaleSeconds', maxStaleSeconds),
  ];
}

function atMost(field: string, value: number, limitField: string, limit: number): Fault[] {
  if (value <= limit) return [];
  const expected = `at most ${limitField}, ${limit}`;
  return [{ path: `trigger.${field}`, problem: 'too large', got: String(value), expected }];
}
