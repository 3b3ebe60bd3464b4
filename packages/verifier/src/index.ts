export { isVerifyError, VERIFY_ERRORS, VerifyError, type VerifyErrorCode } from './errors.ts';
export type { ReadClaims, VerifiedToken } from './verified-token.ts';
export { createVerifier, type Verifier } from './verifier.ts';
export type {
  PoolOptions,
  ScopeCheck,
  TokenChecks,
  VerifierOptions,
  VerifyOptions,
} from './verifier-options.ts';
