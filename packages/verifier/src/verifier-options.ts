import type { Jwks } from 'aws-jwt-verify/jwk';

/**
 * A user pool whose tokens are trusted.
 *
 * @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_IssuerConfigurationType.html
 */
export interface PoolOptions {
  /**
   * The pool's issuer, exactly as tokens carry it in `iss`; or the address where the pool's discovery document is, for a
   * pool that may be of either issuer format or changes from one to the other.
   *
   * Addresses are `https:`; `http:` is accepted only on loopback hosts.
   */
  readonly issuer: string | { readonly discover: string };
  /** The app clients that may call, by id. `null` takes every client of the pool. */
  readonly clientIds: readonly string[] | null;
  /**
   * The pool's public keys, for a service without a way to the issuer and for tests; nothing is fetched then. Goes with an
   * issuer that is a string. @default fetched from `<issuer>/.well-known/jwks.json`
   */
  readonly jwks?: Jwks;
}

/** What a token must have been issued for. A check is skipped by saying `null`, never by leaving it out. */
export interface TokenChecks {
  /**
   * `'access'` refuses ID tokens. `null` skips the check; an ID token is refused all the same, since it names no
   * `client_id`.
   */
  readonly tokenUse: 'access' | null;
  /** `'client_credentials'` refuses the tokens of users who signed in to the same pool. `null` skips the check. */
  readonly grant: 'client_credentials' | null;
}

/** What every token must be and what is read in it, under a contract that is known already. */
export interface BoundVerifierOptions<N extends string, R extends N> extends TokenChecks {
  /** The pools whose tokens are taken. At least one. */
  readonly pools: readonly PoolOptions[];
  /**
   * The claims that this service reads, and all that it gets; others are not looked at, so that a change of theirs breaks
   * nothing. The service's file in `consumers` lists the same claims.
   */
  readonly reads: readonly N[];
  /** Those of them that must be in every token: one without is refused, and their types lose the `undefined`. @default none */
  readonly requires?: readonly R[];
  /** How far clocks may differ when expiry is checked, in seconds, from 0 to 600. @default 0 */
  readonly graceSeconds?: number;
  /** Budget of one attempt to read keys or the discovery document, in milliseconds, up to 60,000; there are two attempts. @default 3000 */
  readonly fetchTimeoutMs?: number;
}

/** The scopes that a call needs: every one, or one of them. `null` skips the check. */
export type ScopeCheck =
  | { readonly all: readonly string[]; readonly any?: never }
  | { readonly any: readonly string[]; readonly all?: never }
  | null;

/** What one call must be allowed to do. */
export interface VerifyOptions {
  readonly scopes: ScopeCheck;
}
