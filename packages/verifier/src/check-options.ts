import { invalidOption } from './errors.ts';
import type { TokenChecks } from './verifier-options.ts';

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
