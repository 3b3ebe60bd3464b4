import type { Fault } from '@cognito-m2m/claim-schema';

/** Every code that this package throws. */
export type StoreErrorCode =
  | 'ERR_STORE_TIMEOUT'
  | 'ERR_STORE_UNAVAILABLE'
  | 'ERR_STORE_THROTTLED'
  | 'ERR_STORE_ACCESS'
  | 'ERR_STORE_ITEM_INVALID'
  | 'ERR_STORE_LOST_RACE';

/** What a caller may do after each kind of error. */
const RETRYABLE: ReadonlySet<StoreErrorCode> = new Set([
  'ERR_STORE_TIMEOUT',
  'ERR_STORE_UNAVAILABLE',
  'ERR_STORE_THROTTLED',
]);

/** A dependency's fault: the claims table could not be read or written, or holds an item that is not a valid record. */
export class StoreError extends Error {
  override readonly name = 'StoreError';
  readonly code: StoreErrorCode;
  /** True if the same call may work later. */
  readonly retryable: boolean;
  /** What is wrong with an item, for `ERR_STORE_ITEM_INVALID`; never a claim value. */
  readonly faults: readonly Fault[];

  constructor(
    code: StoreErrorCode,
    message: string,
    options: { cause?: unknown; faults?: readonly Fault[] } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.retryable = RETRYABLE.has(code);
    this.faults = options.faults ?? [];
  }
}

const THROTTLING_NAMES: ReadonlySet<string> = new Set([
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'ThrottlingException',
]);

/** Faults of the deployment rather than of the moment: waiting does not help. */
const ACCESS_NAMES: ReadonlySet<string> = new Set([
  'AccessDeniedException',
  'ExpiredTokenException',
  'InvalidSignatureException',
  'ResourceNotFoundException',
  'UnrecognizedClientException',
  'ValidationException',
]);

/**
 * Turns whatever the AWS SDK threw into a `StoreError`.
 *
 * @param action - What was tried, for the message: "read the claims of client …".
 */
export function toStoreError(cause: unknown, action: string): StoreError {
  if (cause instanceof StoreError) return cause;
  const name = cause instanceof Error ? cause.name : 'unknown error';
  const message = `Could not ${action}: ${name}.`;
  if (name === 'AbortError' || name === 'TimeoutError') {
    return new StoreError('ERR_STORE_TIMEOUT', message, { cause });
  }
  if (THROTTLING_NAMES.has(name)) return new StoreError('ERR_STORE_THROTTLED', message, { cause });
  if (ACCESS_NAMES.has(name)) return new StoreError('ERR_STORE_ACCESS', message, { cause });
  return new StoreError('ERR_STORE_UNAVAILABLE', message, { cause });
}
