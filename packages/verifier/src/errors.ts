/** What each code says to the caller. No message ever holds a part of a token. */
const MESSAGES = {
  ERR_TOKEN_MISSING: 'The request carries no bearer token.',
  ERR_TOKEN_MALFORMED: 'The token is not a well-formed access token.',
  ERR_TOKEN_ALGORITHM: 'The token is not signed with RS256.',
  ERR_TOKEN_ISSUER: 'The token was issued by another user pool.',
  ERR_TOKEN_KEY_UNKNOWN: 'The token is signed with a key that its issuer does not publish.',
  ERR_TOKEN_SIGNATURE: 'The signature of the token is wrong.',
  ERR_TOKEN_EXPIRED: 'The token has expired.',
  ERR_TOKEN_NOT_YET_VALID: 'The token is not valid yet.',
  ERR_TOKEN_USE: 'The token is not an access token.',
  ERR_TOKEN_GRANT: 'The token was not issued to a machine by client credentials.',
  ERR_TOKEN_CLIENT: 'The app client of the token is not allowed here.',
  ERR_TOKEN_CLAIM_MISSING: 'The token lacks a claim that is needed here.',
  ERR_TOKEN_CLAIM_INVALID: 'A claim of the token does not fit the claim contract.',
  ERR_TOKEN_SCOPE: 'The token lacks a scope that is needed here.',
  ERR_CLAIM_AMBIGUOUS: 'API Gateway rendered a claim in a way that can not be read back.',
  ERR_ISSUER_UNAVAILABLE: 'The issuer of the token can not be reached.',
  ERR_ISSUER_INVALID: 'The issuer of the token answers with something that can not be used.',
  ERR_VERIFIER_OPTIONS: 'The verifier is set up wrongly.',
} as const;

/**
 * Every code of this package.
 *
 * `ERR_TOKEN_…` is the caller's fault, `ERR_ISSUER_…` that of a dependency, `ERR_CLAIM_AMBIGUOUS` and
 * `ERR_VERIFIER_OPTIONS` that of whoever set the service up.
 */
export type VerifyErrorCode = keyof typeof MESSAGES;

/** A token that is refused, or a verifier that can not decide. */
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
    const message = [MESSAGES[code], detail].filter((part) => part !== undefined).join(' ');
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.retryable = code === 'ERR_ISSUER_UNAVAILABLE';
    this.claim = claim;
  }
}

/** True for an error of this package, whichever module format it was loaded in. */
export function isVerifyError(error: unknown): error is VerifyError {
  return (
    error instanceof Error &&
    error.name === 'VerifyError' &&
    Object.hasOwn(MESSAGES, (error as VerifyError).code)
  );
}

/** Makes the error of a wrong setting. */
export function invalidOption(detail: string): VerifyError {
  return new VerifyError('ERR_VERIFIER_OPTIONS', { detail });
}
