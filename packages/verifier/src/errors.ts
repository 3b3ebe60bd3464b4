/** What a code says to the caller, and what an API answers with. */
interface ErrorRule {
  /** Only 503 means that the same token may pass later; 500 is not a fault of the request. */
  readonly statusCode: 401 | 403 | 500 | 502 | 503;
  /** Never holds a part of a token. */
  readonly message: string;
}

/**
 * Every code of this package.
 *
 * `ERR_TOKEN_…` is the caller's fault, `ERR_ISSUER_…` that of a dependency, `ERR_CLAIM_AMBIGUOUS` and
 * `ERR_VERIFIER_OPTIONS` that of whoever set the service up.
 */
export const VERIFY_ERRORS = {
  ERR_TOKEN_MISSING: refused('The request carries no bearer token.'),
  ERR_TOKEN_MALFORMED: refused('The token is not a well-formed access token.'),
  ERR_TOKEN_ALGORITHM: refused('The token is not signed with RS256.'),
  ERR_TOKEN_ISSUER: refused('The token was issued by another user pool.'),
  ERR_TOKEN_KEY_UNKNOWN: refused(
    'The token is signed with a key that its issuer does not publish.',
  ),
  ERR_TOKEN_SIGNATURE: refused('The signature of the token is wrong.'),
  ERR_TOKEN_EXPIRED: refused('The token has expired.'),
  ERR_TOKEN_NOT_YET_VALID: refused('The token is not valid yet.'),
  ERR_TOKEN_USE: refused('The token is not an access token.'),
  ERR_TOKEN_GRANT: refused('The token was not issued to a machine by client credentials.'),
  ERR_TOKEN_CLIENT: refused('The app client of the token is not allowed here.'),
  ERR_TOKEN_CLAIM_MISSING: refused('The token lacks a claim that is needed here.'),
  ERR_TOKEN_CLAIM_INVALID: refused('A claim of the token does not fit the claim contract.'),
  ERR_TOKEN_SCOPE: { statusCode: 403, message: 'The token lacks a scope that is needed here.' },
  ERR_ISSUER_UNAVAILABLE: {
    statusCode: 503,
    message: 'The issuer of the token cannot be reached.',
  },
  ERR_ISSUER_INVALID: {
    statusCode: 502,
    message: 'The issuer of the token sent a document that cannot be used.',
  },
  ERR_CLAIM_AMBIGUOUS: {
    statusCode: 500,
    message: 'API Gateway rendered a claim in a way that cannot be read back.',
  },
  ERR_VERIFIER_OPTIONS: { statusCode: 500, message: 'The verifier is set up wrongly.' },
} as const satisfies { readonly [code: string]: ErrorRule };

/** One of the codes in `VERIFY_ERRORS`. */
export type VerifyErrorCode = keyof typeof VERIFY_ERRORS;

/** A token that is refused, or a verifier that cannot decide. */
export class VerifyError extends Error {
  override readonly name = 'VerifyError';
  readonly code: VerifyErrorCode;
  /** True if the same token may pass later: the issuer could not be reached. */
  readonly retryable: boolean;
  /** The claim concerned: its name in the contract, never its value. */
  readonly claim: string | undefined;

  /**
   * @param options.detail - A sentence more. It holds settings and names of the contract, never a part of a token.
   * @param options.cause - Only for `ERR_ISSUER_…`: what else could be one quotes the token.
   */
  constructor(
    code: VerifyErrorCode,
    options: { detail?: string; claim?: string; cause?: unknown } = {},
  ) {
    const { detail, claim, cause } = options;
    const rule: ErrorRule = VERIFY_ERRORS[code];
    const message = [rule.message, detail].filter((part) => part !== undefined).join(' ');
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.retryable = rule.statusCode === 503;
    this.claim = claim;
  }
}

/**
 * True for an error of this package, whichever module format it was loaded in.
 *
 * @example
 * ```ts
 * import { isVerifyError, VERIFY_ERRORS } from '@cognito-m2m/verifier';
 *
 * export function statusOf(error: unknown): number {
 *   return isVerifyError(error) ? VERIFY_ERRORS[error.code].statusCode : 500;
 * }
 * ```
 */
export function isVerifyError(error: unknown): error is VerifyError {
  return (
    error instanceof Error &&
    error.name === 'VerifyError' &&
    'code' in error &&
    Object.hasOwn(VERIFY_ERRORS, String(error.code))
  );
}

/** Makes the error of a wrong setting. */
export function invalidOption(detail: string): VerifyError {
  return new VerifyError('ERR_VERIFIER_OPTIONS', { detail });
}

function refused(message: string) {
  return { statusCode: 401, message } as const;
}
