/** A file that is not a measurement, with every fault. */
export class MeasurementError extends Error {
  override readonly name = 'MeasurementError';
  readonly code = 'ERR_MEASUREMENT_INVALID';

  constructor(file: string, faults: readonly string[]) {
    super([`${file} is not a measurement:`, ...faults.map((fault) => `  ${fault}`)].join('\n'));
  }
}

/** A pool that does not even answer the plainest request as a probe needs: every other answer would say nothing. */
export class ProbeError extends Error {
  override readonly name = 'ProbeError';
  readonly code = 'ERR_PROBE_NOT_READY';

  /** @param reason - What came instead, without ids and secrets. */
  constructor(reason: string) {
    super(`The pool cannot be measured: ${reason}. Nothing was written.`);
  }
}
