import { z } from 'zod';
import { MeasurementError } from './errors.ts';

const reading = z.discriminatedUnion('outcome', [
  z.strictObject({
    outcome: z.literal('found'),
    value: z.union([z.string(), z.number(), z.boolean()]),
  }),
  z.strictObject({ outcome: z.literal('could-not-tell'), reason: z.string() }),
  z.strictObject({ outcome: z.literal('unknown'), shown: z.string() }),
]);

const measurement = z.strictObject({
  /** The form of this file. */
  version: z.literal(1),
  /** ISO 8601 date, UTC. */
  date: z.iso.date(),
  region: z.string().min(1),
  /** What was found, by behaviour. */
  behaviours: z.record(z.string(), reading),
  /** What was sent and answered, with ids and secrets replaced. */
  exchanges: z.array(
    z.strictObject({
      name: z.string(),
      via: z.enum(['token-endpoint', 'GetClientToken']),
      status: z.number().int(),
      headers: z.record(z.string(), z.string()),
      body: z.string(),
      elapsedMs: z.number(),
      payload: z.unknown(),
    }),
  ),
});

/** The file of one probe: `measured/<date>-<region>.json`. */
export type Measurement = z.output<typeof measurement>;

/**
 * Reads the file of a measurement.
 *
 * @param file - Its name, for the error.
 * @throws {MeasurementError} `ERR_MEASUREMENT_INVALID` with every fault.
 */
export function parseMeasurement(text: string, file: string): Measurement {
  const parsed = measurement.safeParse(parseJson(text, file));
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  throw new MeasurementError(file, faults);
}

/** The name of a measurement's file. */
export function measurementFileName({
  date,
  region,
}: Pick<Measurement, 'date' | 'region'>): string {
  return `${date}-${region}.json`;
}

/** The values that were found, by behaviour; what could not be determined or is unknown is left out. */
export function foundValues({ behaviours }: Measurement): {
  readonly [behaviour: string]: string | number | boolean;
} {
  return Object.fromEntries(
    Object.entries(behaviours).flatMap(([name, result]) =>
      result.outcome === 'found' ? [[name, result.value]] : [],
    ),
  );
}

function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new MeasurementError(file, ['expected JSON']);
  }
}
