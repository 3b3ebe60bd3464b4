import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { foundValues, type Measurement, parseMeasurement } from '@cognito-m2m/probe/measurement';
import {
  type CognitoBehaviour,
  describeBehaviourValues,
  isBehaviourName,
  isBehaviourValue,
} from '../model/behaviour.ts';

/** What a measurement says about the behaviours, and what of it local Cognito cannot do. */
export interface MeasuredBehaviour {
  readonly measurement: Measurement;
  readonly behaviour: Partial<CognitoBehaviour>;
  /** A sentence for each value that was found and that local Cognito does not have. */
  readonly notes: readonly string[];
}

/** Where measurements are committed: next to the source, and in the published package next to the bundle. */
const FOLDERS = [
  new URL('../../measured/', import.meta.url),
  new URL('./measured/', import.meta.url),
];

/**
 * Reads the file that `m2m probe` wrote.
 *
 * @throws {MeasurementError} `ERR_MEASUREMENT_INVALID` with every fault, for a file that cannot be read too.
 */
export function readMeasured(file: string | URL): MeasuredBehaviour {
  const measurement = parseMeasurement(readText(file), String(file));
  const behaviour: Record<string, unknown> = {};
  const notes: string[] = [];
  for (const [name, value] of Object.entries(foundValues(measurement))) {
    if (!isBehaviourName(name)) notes.push(`"${name}" is not a behaviour of local Cognito.`);
    else if (isBehaviourValue(name, value)) behaviour[name] = value;
    else {
      const expected = describeBehaviourValues(name);
      notes.push(`${name} was measured as ${JSON.stringify(value)}; expected ${expected}.`);
    }
  }
  return { measurement, behaviour, notes };
}

/** Finds the newest committed measurement; `undefined` as long as nobody has measured a real pool. */
export function readCommittedMeasurement(
  folders: readonly URL[] = FOLDERS,
): MeasuredBehaviour | undefined {
  const folder = folders.find((candidate) => existsSync(candidate));
  if (folder === undefined) return undefined;
  const files = readdirSync(folder).filter((name) => name.endsWith('.json'));
  // The name begins with the date.
  const newest = files.sort().at(-1);
  return newest === undefined ? undefined : readMeasured(new URL(newest, folder));
}

function readText(file: string | URL): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
