import { type Fault, formatFault } from '@cognito-m2m/claim-schema';

/** Every code that this package throws. */
export type EnvironmentErrorCode =
  | 'ERR_ENVIRONMENT_INVALID'
  | 'ERR_ENVIRONMENT_UNKNOWN'
  | 'ERR_ENVIRONMENT_FOLDER_UNREADABLE'
  | 'ERR_ENVIRONMENT_UNREADABLE';

/** The caller's fault: environment files that are missing, cannot be loaded or are invalid. */
export class EnvironmentError extends Error {
  override readonly name = 'EnvironmentError';
  readonly code: EnvironmentErrorCode;
  /** Every fault of an invalid file. */
  readonly faults: readonly Fault[];

  constructor(
    code: EnvironmentErrorCode,
    message: string,
    options: { faults?: readonly Fault[]; cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.faults = options.faults ?? [];
  }
}

/** Makes the error that lists every fault of one environment. */
export function invalidEnvironment(source: string, faults: readonly Fault[]): EnvironmentError {
  const count = `${faults.length} ${faults.length === 1 ? 'fault' : 'faults'}`;
  const lines = faults.map((fault) => `  - ${formatFault(fault)}`);
  const message = [`Environment ${source} has ${count}:`, ...lines].join('\n');
  return new EnvironmentError('ERR_ENVIRONMENT_INVALID', message, { faults });
}
