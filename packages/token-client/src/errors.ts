/** What a code means, and whether the same call may succeed later. */
interface ErrorRule {
  readonly isRetryable: boolean;
  readonly message: string;
}

/**
 * Every code of this package.
 *
 * `ERR_TOKEN_REFUSED` and `ERR_CREDENTIALS_REFUSED` are answers of the issuer, `…_UNAVAILABLE` and `ERR_TOKEN_TIMEOUT`
 * failures of a dependency, the rest faults of whoever set up the service.
 */
export const TOKEN_ERRORS = {
  ERR_TOKEN_REFUSED: {
    isRetryable: false,
    message: 'Amazon Cognito refused to issue a token.',
  },
  ERR_CREDENTIALS_REFUSED: {
    isRetryable: false,
    message:
      'Amazon Cognito does not accept the client ID and secret, also after reading the secret again.',
  },
  ERR_TOKEN_UNAVAILABLE: {
    isRetryable: true,
    message: 'The token endpoint did not issue a token.',
  },
  ERR_TOKEN_TIMEOUT: {
    isRetryable: true,
    message: 'No token was issued in time.',
  },
  ERR_TOKEN_RESPONSE_INVALID: {
    isRetryable: false,
    message: 'The response of the token endpoint does not hold a token.',
  },
  ERR_TOKEN_REQUEST_INVALID: {
    isRetryable: false,
    message: 'The token request is not valid.',
  },
  ERR_CREDENTIALS_UNAVAILABLE: {
    isRetryable: true,
    message: 'The client ID and secret cannot be read.',
  },
  ERR_CREDENTIALS_INVALID: {
    isRetryable: false,
    message: 'What was read does not hold a client ID and a secret.',
  },
  ERR_ENDPOINT_UNAVAILABLE: {
    isRetryable: true,
    message: 'The address of the token endpoint cannot be read.',
  },
  ERR_STORE_UNAVAILABLE: {
    isRetryable: true,
    message: 'The shared token store failed; the token was requested without it.',
  },
  ERR_TOKEN_CLIENT_OPTIONS: {
    isRetryable: false,
    message: 'The token client is not set up correctly.',
  },
} as const satisfies { readonly [code: string]: ErrorRule };

/** One of the codes in `TOKEN_ERRORS`. */
export type TokenErrorCode = keyof typeof TOKEN_ERRORS;

/** What is known about a failure; never a secret, a token, a claim value or a metadata value. */
export interface TokenErrorDetails {
  /** HTTP status of the token endpoint. */
  readonly status?: number | undefined;
  /** The OAuth error or the AWS exception, such as `invalid_scope`, if it is a known one. */
  readonly issuerError?: string | undefined;
  /** The code of the pre token generation trigger, such as `ERR_CLIENT_DISABLED`. */
  readonly triggerCode?: string | undefined;
  /** How long the endpoint asked callers to wait, in seconds. */
  readonly retryAfterSeconds?: number | undefined;
  /** The code or name of the failure underneath, such as `ECONNRESET`. */
  readonly reason?: string | undefined;
}

/** A token that could not be provided. */
export class TokenClientError extends Error {
  override readonly name = 'TokenClientError';
  readonly code: TokenErrorCode;
  /** True if the same call may succeed later. */
  readonly retryable: boolean;
  readonly details: TokenErrorDetails;

  /**
   * @param detail - One more sentence. It holds names and settings, never a part of a secret or a token.
   * @param options.isRetryable - @default what `TOKEN_ERRORS` says
   * @param options.cause - Only what failed before a secret was known to this package.
   */
  constructor(
    code: TokenErrorCode,
    detail: string,
    options: {
      readonly details?: TokenErrorDetails;
      readonly isRetryable?: boolean;
      readonly cause?: unknown;
    } = {},
  ) {
    const { isRetryable, message }: ErrorRule = TOKEN_ERRORS[code];
    const { cause } = options;
    super(`${message} ${detail}`, cause === undefined ? undefined : { cause });
    this.code = code;
    this.retryable = options.isRetryable ?? isRetryable;
    this.details = options.details ?? {};
  }

  /** What logs may hold. */
  toJSON(): object {
    const { name, code, message, retryable, details } = this;
    return { name, code, message, retryable, details };
  }
}

/**
 * True for an error of this package, whichever module format it was loaded in.
 *
 * @example
 * ```ts
 * import { isTokenClientError } from '@cognito-m2m/token-client';
 *
 * // An operator has disabled the client.
 * export const isDisabled = (error: unknown): boolean =>
 *   isTokenClientError(error) && error.details.triggerCode === 'ERR_CLIENT_DISABLED';
 * ```
 */
export function isTokenClientError(error: unknown): error is TokenClientError {
  return (
    error instanceof Error &&
    error.name === 'TokenClientError' &&
    'code' in error &&
    Object.hasOwn(TOKEN_ERRORS, String(error.code))
  );
}

/** Short words only: a message could quote what was sent. */
const WORD = /^[\w.-]{1,64}$/;

/** Names a failure by its code or its class, such as `ECONNRESET` or `AccessDeniedException`. */
export function reasonOf(error: unknown): string | undefined {
  const { code, name, cause }: { code?: unknown; name?: unknown; cause?: unknown } = Object(error);
  const inner = cause === undefined ? undefined : reasonOf(cause);
  const isWord = (value: unknown): value is string => typeof value === 'string' && WORD.test(value);
  if (isWord(code)) return code;
  return inner ?? (isWord(name) ? name : undefined);
}
