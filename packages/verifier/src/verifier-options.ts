import type { Contract } from '@cognito-m2m/claim-schema';
import type { Jwks } from 'aws-jwt-verify/jwk';
import { invalidOption } from './errors.ts';

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
   * Addresses are `https:`; `http:` is taken on loopback hosts alone.
   */
  readonly issuer: string | { readonly discover: string };
  /** The app clients that may call, by id. `null` takes every client of the pool. */
  readonly clientIds: readonly string[] | null;
  /**
   * The pool's public keys, for a service without a way to the issuer and for tests; nothing is fetched then. Goes with an
   * issuer that is a text. @default fetched from `<issuer>/.well-known/jwks.json`
   */
  readonly jwks?: Jwks;
}

/** What every token must be. A check is skipped by saying `null`, never by leaving it out. */
export interface VerifierOptions<C extends Contract, R extends keyof C & string> {
  /** The pools whose tokens are taken. At least one. */
  readonly pools: readonly PoolOptions[];
  /** `'access'` refuses ID tokens. `null` skips the check. */
  readonly tokenUse: 'access' | null;
  /** `'client_credentials'` refuses the tokens of users who signed in to the same pool. `null` skips the check. */
  readonly grant: 'client_credentials' | null;
  /** The claims that this service reads in every token: a token without one is refused, and their types lose the `undefined`. @default none */
  readonly requires?: readonly R[];
  /** The claim contract. @default the contract of `@cognito-m2m/claim-schema` */
  readonly contract?: C;
  /** How far clocks may differ, in seconds, when expiry is checked. @default 0 */
  readonly graceSeconds?: number;
  /** Budget of one attempt to read keys or the discovery document, in milliseconds; there are two attempts. @default 3000 */
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

/**
 * Checks what the types check already, for callers without them.
 *
 * @throws {VerifyError} `ERR_VERIFIER_OPTIONS`.
 */
export function checkOptions({
  pools,
  tokenUse,
  grant,
}: Pick<VerifierOptions<Contract, string>, 'pools' | 'tokenUse' | 'grant'>): void {
  if (!Array.isArray(pools) || pools.length === 0) {
    throw invalidOption('"pools" must list one user pool or more.');
  }
  if (tokenUse !== 'access' && tokenUse !== null) {
    throw invalidOption('"tokenUse" must be "access", or null to skip the check.');
  }
  if (grant !== 'client_credentials' && grant !== null) {
    throw invalidOption('"grant" must be "client_credentials", or null to skip the check.');
  }
}
