import { describeKind, isOfClaimType } from './claim-value.ts';
import type { ClaimDefinition, Contract } from './contract-definition.ts';
import { type Fault, joinPath } from './fault.ts';
import { isReservedClaimName } from './reserved-names.ts';

/**
 * Checks one claim against the contract.
 *
 * @param path - Where the claim stands, for the fault.
 * @returns The first fault, or `undefined` for a claim that fits. Reserved names are for `checkClaimName`.
 */
export function checkClaimValue(
  contract: Contract,
  name: string,
  value: unknown,
  path: string,
): Fault | undefined {
  const definition = definitionOf(contract, name);
  if (definition === undefined) {
    return {
      path,
      problem: `"${name}" is not in the claim contract`,
      expected: listNames(contract),
    };
  }
  if (!isOfClaimType(value, definition.type)) {
    return { path, problem: 'wrong type', got: describeKind(value), expected: definition.type };
  }
  if (!isListed(definition, value)) {
    return {
      path,
      problem: 'value not allowed',
      expected: `one of ${definition.values?.join(', ')}`,
    };
  }
  if (definition.gatewaySafe !== true || isGatewaySafe(value)) return undefined;
  return { path, problem: 'not gateway-safe', expected: 'a text without blanks at its ends' };
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
 * Checks every claim of a map, name and value, and returns all faults.
 *
 * The map is one that people write: a claim that only a verified token may fill is a fault.
 */
export function checkClaims(
  contract: Contract,
  claims: { readonly [name: string]: unknown },
  path: string,
): Fault[] {
  return Object.entries(claims).flatMap(([name, value]) => {
    const claimPath = joinPath(path, name);
    const fault =
      checkClaimName(name, claimPath) ??
      checkUnverifiedSource(contract, name, claimPath) ??
      checkClaimValue(contract, name, value, claimPath);
    return fault === undefined ? [] : [fault];
  });
}

/** The contract's definition of a claim, own properties only. */
export function definitionOf(contract: Contract, name: string): ClaimDefinition | undefined {
  return Object.hasOwn(contract, name) ? contract[name] : undefined;
}

/** The names of the claims that every token must carry. */
export function requiredClaimNames(contract: Contract): string[] {
  return Object.keys(contract).filter((name) => contract[name]?.required === true);
}

function isListed(definition: ClaimDefinition, value: unknown): boolean {
  const { values } = definition;
  if (values === undefined) return true;
  const candidates: readonly unknown[] = Array.isArray(value) ? value : [value];
  return candidates.every((candidate) => values.some((allowed) => allowed === candidate));
}

/**
 * True for a value that API Gateway's authorizers hand on without loss: a text without blanks at its ends.
 *
 * A comma or a bracket does no harm: the reader knows from the contract that the claim is a text and no list.
 */
export function isGatewaySafe(value: unknown): boolean {
  return typeof value === 'string' && value === value.trim();
}

function listNames(contract: Contract): string {
  return `one of ${Object.keys(contract).join(', ')}`;
}
