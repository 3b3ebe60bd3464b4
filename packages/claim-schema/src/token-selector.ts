/** An issuer of users' tokens, as a pool declares it. */
export interface TokenIssuer {
  /** The name in the environment file, for logs. */
  readonly name: string;
  /** The exact `iss` of its tokens. */
  readonly issuer: string;
  /** Where its keys are; found by discovery if it is not declared. */
  readonly jwksUri?: string | undefined;
  /** The app clients whose tokens are accepted; empty for any. Not empty together with `audience`. */
  readonly clientIds: readonly string[];
  /** The audiences of which a token must name one; empty for any. */
  readonly audience: readonly string[];
  /** The `token_use` that a token must have; only Amazon Cognito writes this claim. @default any */
  readonly tokenUse?: 'access' | 'id' | undefined;
}

/** Takes claims from a user's token, once it is verified. */
export interface TokenSelector {
  /** The key in `aws_client_metadata` that holds the token. */
  readonly key: string;
  readonly issuer: TokenIssuer;
  /** True if a request without the token is refused. */
  readonly required: boolean;
  /** How long ago the token may have been issued, in seconds. */
  readonly maxAgeSeconds: number;
  /** The claim of the token (value) that each claim of ours (key) is taken from. */
  readonly claims: { readonly [claimName: string]: string };
}

/** Why a user's token is refused, as a stable code with the sentence that the caller may read. */
export const TOKEN_REFUSAL_MESSAGES = {
  ERR_TOKEN_MALFORMED: 'The user token is not a well-formed signed token.',
  ERR_TOKEN_TOO_LARGE: 'The user token is larger than 8 KB.',
  ERR_TOKEN_ALGORITHM: 'The user token is signed with an algorithm that is not accepted.',
  ERR_TOKEN_ISSUER: 'The user token was issued by another issuer.',
  ERR_TOKEN_KEY_UNKNOWN: 'The user token is signed with a key that its issuer does not publish.',
  ERR_TOKEN_KEYS_UNAVAILABLE:
    'The user token cannot be verified because the keys of its issuer are not available. Try again later.',
  ERR_TOKEN_SIGNATURE: 'The signature of the user token is wrong.',
  ERR_TOKEN_EXPIRED: 'The user token has expired.',
  ERR_TOKEN_NOT_YET_VALID: 'The user token is not valid yet.',
  ERR_TOKEN_TOO_OLD: 'The user token was issued too long ago.',
  ERR_TOKEN_USE: 'The user token is of the wrong kind: an ID token or an access token.',
  ERR_TOKEN_AUDIENCE: 'The user token was issued for another client or audience.',
  ERR_TOKEN_CLAIM_MISSING: 'The user token lacks a claim that this client takes from it.',
  ERR_TOKEN_CLAIM_INVALID: 'A claim of the user token does not fit the claim contract.',
} as const;

/** A stable reason for a refused user token. */
export type TokenRefusalCode = keyof typeof TOKEN_REFUSAL_MESSAGES;

/** What the verification of a user's token came to. */
export type TokenVerdict =
  | {
      readonly outcome: 'verified';
      readonly ageSeconds: number;
      /** The values taken, by the names of our claims. */
      readonly claims: { readonly [claimName: string]: unknown };
    }
  | {
      readonly outcome: 'refused';
      readonly code: TokenRefusalCode;
      /** For logs: why keys are not available. Holds no part of a token. */
      readonly reason: string | undefined;
    };
