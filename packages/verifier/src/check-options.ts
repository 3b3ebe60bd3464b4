import type { Contract } from '@cognito-m2m/claim-schema';
import { isJwks } from 'aws-jwt-verify/jwk';
import { invalidOption } from './errors.ts';
import type { PoolOptions, TokenChecks, VerifierOptions } from './verifier-options.ts';

/** Clocks that differ by more than ten minutes need to be fixed, not tolerated. */
const MAX_GRACE_SECONDS = 600;

/** A request that waits for keys for a minute has long been given up. */
const MAX_FETCH_TIMEOUT_MS = 60_000;

/**
 * Checks what the types check already, for callers without them, and what types can't say.
 *
 * @throws {VerifyError} `ERR_VERIFIER_OPTIONS`.
 */
export function checkOptions(options: VerifierOptions<Contract, string, string>): void {
  const { pools, graceSeconds = 0, fetchTimeoutMs = 1 } = options;
  if (!Array.isArray(pools) || pools.length === 0) {
    throw invalidOption('"pools" must list one user pool or more.');
  }
  pools.forEach(checkPool);
  checkTokenChecks(options);
  // A comparison with anything but a number is false, and would switch the check of expiry off.
  if (
    typeof graceSeconds !== 'number' ||
    !(graceSeconds >= 0 && graceSeconds <= MAX_GRACE_SECONDS)
  ) {
    throw invalidOption(`"graceSeconds" must be a number from 0 to ${MAX_GRACE_SECONDS}.`);
  }
  const isTimeout = Number.isInteger(fetchTimeoutMs) && fetchTimeoutMs > 0;
  if (!isTimeout || fetchTimeoutMs > MAX_FETCH_TIMEOUT_MS) {
    throw invalidOption(
      `"fetchTimeoutMs" must be a whole number from 1 to ${MAX_FETCH_TIMEOUT_MS}.`,
    );
  }
}

/**
 * Checks the checks of a token's use and grant.
 *
 * @throws {VerifyError} `ERR_VERIFIER_OPTIONS`.
 */
export function checkTokenChecks({ tokenUse, grant }: TokenChecks): void {
  if (tokenUse !== 'access' && tokenUse !== null) {
    throw invalidOption('"tokenUse" must be "access", or null to skip the check.');
  }
  if (grant !== 'client_credentials' && grant !== null) {
    throw invalidOption('"grant" must be "client_credentials", or null to skip the check.');
  }
}

/**
 * Checks a list of app clients.
 *
 * @throws {VerifyError} `ERR_VERIFIER_OPTIONS`.
 */
export function checkClientIds(clientIds: readonly string[] | null): void {
  if (clientIds === null) return;
  const isText = (clientId: unknown) => typeof clientId === 'string' && clientId !== '';
  if (Array.isArray(clientIds) && clientIds.length > 0 && clientIds.every(isText)) return;
  throw invalidOption('"clientIds" must list one app client or more, or be null.');
}

function checkPool(pool: PoolOptions): void {
  if (typeof pool !== 'object' || pool === null) throw invalidOption('A pool must be an object.');
  const { issuer, clientIds, jwks } = pool;
  const address = typeof issuer === 'object' ? issuer?.discover : issuer;
  if (typeof address !== 'string') {
    throw invalidOption('"issuer" must be an address, or { discover: address }.');
  }
  checkClientIds(clientIds);
  if (jwks === undefined) return;
  if (!isJwks(jwks)) throw invalidOption('"jwks" must be { keys: [ … ] } with JSON Web Keys.');
  if (address !== issuer) throw invalidOption('"jwks" requires an issuer that is a string.');
}
