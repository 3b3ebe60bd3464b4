import type { Contract } from './contract-definition.ts';
import { definitionOf } from './contract-definition.ts';
import { type Fault, joinPath } from './fault.ts';
import { isReservedClaimName } from './reserved-names.ts';
import { findSecret } from './secret-scan.ts';
import { checkValue, isGatewaySafe } from './value-rules.ts';
import { checkWrittenValue } from './written-value.ts';

/**
 * Checks one claim against the contract.
 *
 * @param path - Where the claim is, for the faults.
 * @returns The first fault, or `undefined` for a claim that fits. Reserved names are for `checkClaimName`.
 */
export function checkClaimValue(
  contract: Contract,
  name: string,
  value: unknown,
  path: string,
): Fault | undefined {
  return checkClaim(contract, name, value, path)[0];
}

/** Checks one claim against the contract and returns all faults. */
function checkClaim(contract: Contract, name: string, value: unknown, path: string): Fault[] {
  const definition = definitionOf(contract, name);
  if (definition === undefined) {
    const expected = `one of ${Object.keys(contract).join(', ')}`;
    return [{ path, problem: `"${name}" is not in the claim contract`, expected }];
  }
  const faults = checkValue(definition, value, path);
  if (faults.length > 0 || definition.gatewaySafe !== true || isGatewaySafe(value)) return faults;
  const expected = 'a string without leading or trailing spaces';
  return [{ path, problem: 'not gateway-safe', expected }];
}

/** Checks that a name is one that a record may set. */
export function checkClaimName(name: string, path: string): Fault | undefined {
  if (name === 'aud') {
    return { path, problem: '"aud" can hold only the app client id, which is not known yet' };
  }
  if (!isReservedClaimName(name)) return undefined;
  return { path, problem: `"${name}" is reserved by Amazon Cognito`, expected: 'another name' };
}

/** Checks that a claim is not one that only a verified user token may fill. */
export function checkUnverifiedSource(
  contract: Contract,
  name: string,
  path: string,
): Fault | undefined {
  if (definitionOf(contract, name)?.verified !== true) return undefined;
  const problem = `only a verified user token can set "${name}"`;
  return { path, problem, expected: 'claimsFromToken of a client' };
}

/**
 * Checks every claim of a map that is about to be written, name and value, and returns all faults.
 *
 * Stricter than the check of a token: it refuses what Terraform, DynamoDB or API Gateway would change on the way, and a
 * claim that only a verified token may fill.
 *
 * @param options.secrets - True to refuse values that look like secrets as well. @default false
 */
export function checkClaims(
  contract: Contract,
  claims: { readonly [name: string]: unknown },
  path: string,
  options: { readonly secrets?: boolean } = {},
): Fault[] {
  return Object.entries(claims).flatMap(([name, value]) =>
    checkWrittenClaim(contract, name, value, joinPath(path, name), options),
  );
}

/** Checks one claim that is about to be written. See `checkClaims`. */
export function checkWrittenClaim(
  contract: Contract,
  name: string,
  value: unknown,
  path: string,
  { secrets = false }: { readonly secrets?: boolean },
): Fault[] {
  const secret = secrets ? checkSecret(name, value, path) : [];
  const nameFault = checkClaimName(name, path) ?? checkUnverifiedSource(contract, name, path);
  if (nameFault !== undefined) return [nameFault, ...secret];
  return [...checkClaim(contract, name, value, path), ...checkWrittenValue(value, path), ...secret];
}

function checkSecret(name: string, value: unknown, path: string): Fault[] {
  const kind = findSecret(name, value);
  if (kind === undefined) return [];
  const problem = 'looks like a secret, and everyone who holds a token can read its claims';
  return [{ path, problem, got: kind, expected: 'no secret' }];
}
