import type { Fault } from '@cognito-m2m/claim-schema';
import { DEFAULT_TRIGGER } from '../normalise-environment.ts';
import type { PartialEnvironment } from '../read-shape.ts';

/** Settings of the trigger that each are right and can't be together. */
export function checkTrigger({ trigger = {} }: PartialEnvironment): Fault[] {
  const { provisionedConcurrency = 0, reservedConcurrency = Number.POSITIVE_INFINITY } = trigger;
  // A setting that could not be read is there, and takes the place of its default.
  const { cacheSeconds, maxStaleSeconds }: typeof trigger = { ...DEFAULT_TRIGGER, ...trigger };
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

/** What could not be read is compared with nothing: it is a fault already. */
function atMost(
  field: string,
  value: number | undefined,
  limitField: string,
  limit: number | undefined,
): Fault[] {
  if (value === undefined || limit === undefined || value <= limit) return [];
  const expected = `at most ${limitField}, ${limit}`;
  return [{ path: `trigger.${field}`, problem: 'too large', got: String(value), expected }];
}
