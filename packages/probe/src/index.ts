export { MeasurementError, ProbeError } from './errors.ts';
export {
  foundValues,
  type Measurement,
  measurementFileName,
  parseMeasurement,
} from './measurement.ts';
export { PROBED_BEHAVIOURS, type Reading } from './questions.ts';
export type { ProbeClient, ProbeTarget } from './requests.ts';
export { estimateProbe, type ProbeOptions, runProbe } from './run-probe.ts';
