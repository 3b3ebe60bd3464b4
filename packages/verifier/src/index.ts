export { isVerifyError, VERIFY_ERRORS, VerifyError, type VerifyErrorCode } from './errors.ts';
export type { ReadClaims, VerifiedToken } from './verified-token.ts';
export type { VerifierOptions } from './verifier.ts';
export { createVerifier, type Verifier } from './verifier.ts';
export type { PoolOptions, ScopeCheck, TokenChecks, VerifyOptions } from './verifier-options.ts';
