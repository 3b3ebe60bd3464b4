export { isVerifyError, VerifyError, type VerifyErrorCode } from './errors.ts';
export type { RequiredClaims, VerifiedToken } from './verified-token.ts';
export { createVerifier, type Verifier } from './verifier.ts';
export type {
  PoolOptions,
  ScopeCheck,
  VerifierOptions,
  VerifyOptions,
} from './verifier-options.ts';
