import {
  JwkInvalidKtyError,
  JwkInvalidUseError,
  JwksValidationError,
  JwkValidationError,
  JwtExpiredError,
  JwtInvalidSignatureAlgorithmError,
  JwtInvalidSignatureError,
  JwtNotBeforeError,
  JwtParseError,
  JwtWithoutValidKidError,
  KidNotFoundInJwksError,
  WaitPeriodNotYetEndedJwkError,
} from 'aws-jwt-verify/error';
import { VerifyError, type VerifyErrorCode } from './errors.ts';

const CODES: readonly (readonly [new (...args: never[]) => Error, VerifyErrorCode])[] = [
  [JwtParseError, 'ERR_TOKEN_MALFORMED'],
  [JwtWithoutValidKidError, 'ERR_TOKEN_MALFORMED'],
  [JwtInvalidSignatureAlgorithmError, 'ERR_TOKEN_ALGORITHM'],
  [JwtInvalidSignatureError, 'ERR_TOKEN_SIGNATURE'],
  [JwtExpiredError, 'ERR_TOKEN_EXPIRED'],
  [JwtNotBeforeError, 'ERR_TOKEN_NOT_YET_VALID'],
  [KidNotFoundInJwksError, 'ERR_TOKEN_KEY_UNKNOWN'],
  // Keys were read moments ago and had no such key.
  [WaitPeriodNotYetEndedJwkError, 'ERR_TOKEN_KEY_UNKNOWN'],
  [JwksValidationError, 'ERR_ISSUER_INVALID'],
  [JwkValidationError, 'ERR_ISSUER_INVALID'],
  [JwkInvalidUseError, 'ERR_ISSUER_INVALID'],
  [JwkInvalidKtyError, 'ERR_ISSUER_INVALID'],
];

/**
 * Turns what aws-jwt-verify throws into an error of this package.
 *
 * The original is not kept as the cause: its message and fields quote the token.
 *
 * @returns The error to throw; anything else, which is a bug, comes back as it is.
 */
export function translateError(error: unknown): unknown {
  const code = CODES.find(([type]) => error instanceof type)?.[1];
  return code === undefined ? error : new VerifyError(code);
}
