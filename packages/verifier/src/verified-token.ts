import type { ClaimsOf, ClaimValueOf, Contract } from '@cognito-m2m/claim-schema';

/** The claims of a token under contract `C` for a service that needs the claims `R`. */
export type RequiredClaims<C extends Contract, R extends keyof C> = ClaimsOf<C> & {
  readonly [N in R]: ClaimValueOf<C[N]>;
};

/** What a token says, after every check. */
export interface VerifiedToken<Claims> {
  /** The claims of the contract, checked against it. Others are left out: nothing has checked them. */
  readonly claims: Claims;
  /** The app client that calls. */
  readonly clientId: string;
  readonly scopes: readonly string[];
  /** The user pool, as its issuer. */
  readonly issuer: string;
  /** The token's own id (`jti`), for logs. */
  readonly tokenId: string | undefined;
  /** Epoch seconds. */
  readonly expiresAt: number;
}
