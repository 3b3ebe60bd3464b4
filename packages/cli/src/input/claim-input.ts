import {
  type Claims,
  type ClaimType,
  type ClaimValue,
  type Contract,
  checkClaimName,
  definitionOf,
  type Fault,
} from '@cognito-m2m/claim-schema';
import { splitPairs } from './pairs.ts';

/** What a list of claims held. */
export interface ReadClaims {
  /** Those that could be read. */
  readonly claims: Claims;
  /** Every one that could not; none quotes a value. */
  readonly faults: readonly Fault[];
}

/**
 * Reads claims given as `name=value`, each value by the type that the contract gives the claim.
 *
 * Texts are taken as they are, lists as `a,b` or JSON, objects as JSON.
 */
export function readClaims(texts: readonly string[], contract: Contract): ReadClaims {
  const { pairs, faults: pairFaults } = splitPairs(texts, 'claim');
  const faults = [...pairFaults];
  const claims: { [name: string]: ClaimValue } = {};
  for (const [name, text] of pairs) {
    const value = parseClaimText(contract, name, text);
    if (value === undefined) faults.push(describeFault(contract, name));
    else claims[name] = value;
  }
  return { claims, faults };
}

function describeFault(contract: Contract, name: string): Fault {
  const expected = definitionOf(contract, name)?.type;
  if (expected !== undefined) {
    return { path: name, problem: 'wrong type', got: 'another text', expected };
  }
  const unknown = {
    path: name,
    problem: `"${name}" is not in the claim contract`,
    expected: `one of ${Object.keys(contract).join(', ')}`,
  };
  return checkClaimName(name, name) ?? unknown;
}

/** Reads one value by the type of its claim in the contract; `undefined` if it can't be read so. */
export function parseClaimText(
  contract: Contract,
  name: string,
  text: string,
): ClaimValue | undefined {
  const definition = definitionOf(contract, name);
  return definition === undefined ? undefined : parseValue(definition.type, text);
}

/** Whether the value fits in every other respect is for the contract's own check. */
function parseValue(type: ClaimType, text: string): ClaimValue | undefined {
  if (type === 'string') return text;
  if (type.endsWith('[]') && !text.startsWith('[')) return parseList(type, text);
  return parseJson(text);
}

function parseList(type: ClaimType, text: string): ClaimValue | undefined {
  const members = text === '' ? [] : text.split(',');
  if (type === 'string[]') return members;
  const values = members.map(parseJson);
  return values.includes(undefined) ? undefined : (values as ClaimValue);
}

function parseJson(text: string): ClaimValue | undefined {
  // The parser's own error would quote the text.
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
