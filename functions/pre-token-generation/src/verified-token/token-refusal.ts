import type { TokenRefusalCode } from '@cognito-m2m/claim-schema';

/** Stops the verification of a user's token; its code is all that may leave: parts of the token never do. */
export class TokenRefusal extends Error {
  override readonly name = 'TokenRefusal';
  readonly code: TokenRefusalCode;
  /** For the log: why the keys cannot be read. */
  readonly reason: string | undefined;

  constructor(code: TokenRefusalCode, reason?: string) {
    super(code);
    this.code = code;
    this.reason = reason;
  }
}
