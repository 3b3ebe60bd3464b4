import type { ClaimsOf, ClaimValueOf, Contract } from '@cognito-m2m/claim-schema';

/** The claims of a token under contract `C` for a service that reads the claims `N` and can't do without the claims `R`. */
export type ReadClaims<C extends Contract, N extends keyof C, R extends N = never> = Pick<
  ClaimsOf<C>,
  N & keyof ClaimsOf<C>
> & { readonly [Name in R]: ClaimValueOf<C[Name]> };

/** What a token says, after every check. */
export interface VerifiedToken<Claims> {
  /** The claims that the service reads, checked against the contract. Others are left out: nothing has checked them. */
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
