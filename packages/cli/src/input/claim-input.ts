import {
  type ClaimType,
  type ClaimValue,
  type Contract,
  checkClaimName,
  definitionOf,
  type Fault,
  formatFault,
  type OverrideClaim,
} from '@cognito-m2m/claim-schema';
import { CliError } from '../errors.ts';
import { parsePairs } from './pairs.ts';

/**
 * Reads claims given as `name=value`, each value by the type that the contract gives the claim.
 *
 * Texts are taken as they are, lists as `a,b` or JSON, objects as JSON.
 *
 * @param expiresAt - Epoch seconds at which they all expire. @default never
 * @throws {CliError} `ERR_CHANGE_REFUSED` with every fault; none quotes a value.
 */
export function parseClaims(
  texts: readonly string[],
  contract: Contract,
  expiresAt: number | undefined,
): { [claimName: string]: OverrideClaim } {
  const faults: Fault[] = [];
  const claims = parsePairs(texts, 'Claim').map(([name, text]): [string, OverrideClaim] => {
    const value = parseClaim(contract, name, text, faults);
    return [name, { value, ...(expiresAt !== undefined && { expiresAt }) }];
  });
  if (faults.length === 0) return Object.fromEntries(claims);
  const lines = faults.map((fault) => `  - ${formatFault(fault)}`);
  throw new CliError('ERR_CHANGE_REFUSED', ['The change is refused:', ...lines].join('\n'));
}

function parseClaim(contract: Contract, name: string, text: string, faults: Fault[]): ClaimValue {
  const definition = definitionOf(contract, name);
  if (definition === undefined) {
    const problem = `"${name}" is not in the claim contract`;
    const expected = `one of ${Object.keys(contract).join(', ')}`;
    faults.push(checkClaimName(name, name) ?? { path: name, problem, expected });
    return text;
  }
  const value = parseValue(definition.type, text);
  if (value !== undefined) return value;
  faults.push({
    path: name,
    problem: 'wrong type',
    got: 'another text',
    expected: definition.type,
  });
  return text;
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
