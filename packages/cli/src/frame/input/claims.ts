import {
  type Claims,
  type ClaimType,
  type ClaimValue,
  type Contract,
  checkClaimName,
  definitionOf,
  type Fault,
} from '@cognito-m2m/claim-schema';

/** What a list of claims held. */
interface ReadClaims {
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
    return { path: name, problem: 'wrong type', got: 'another string', expected };
  }
  const unknown = {
    path: name,
    problem: `"${name}" is not in the claim contract`,
    expected: `one of ${Object.keys(contract).join(', ')}`,
  };
  return checkClaimName(name, name) ?? unknown;
}

/** Reads one value by the type of its claim in the contract; `undefined` if it cannot be read so. */
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
  // Whoever writes `a, b` means the members, not the spaces between them.
  const members = text.trim() === '' ? [] : text.split(',').map((member) => member.trim());
  if (members.includes('')) return undefined;
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

/** A name and a value that were given as `name=value`. */
type Pair = readonly [name: string, value: string];

/** What a list of `name=value` held. */
interface Pairs {
  readonly pairs: readonly Pair[];
  /** One for each text without a name or a value, and for each name that was given more than once. */
  readonly faults: readonly Fault[];
}

/**
 * Splits texts of the form `name=value` at their first `=`.
 *
 * @param what - What they are, for the faults, which count texts without a name or a value and never quote them: they may hold a secret.
 */
export function splitPairs(texts: readonly string[], what: string): Pairs {
  const pairs: Pair[] = [];
  const faults: Fault[] = [];
  for (const [index, text] of texts.entries()) {
    const position = text.indexOf('=');
    if (position > 0) pairs.push([text.slice(0, position), text.slice(position + 1)]);
    else {
      const problem = position === 0 ? 'no name' : 'no "=value"';
      faults.push({ path: `${what} number ${index + 1}`, problem, expected: 'name=value' });
    }
  }
  return { pairs, faults: [...faults, ...findRepeated(pairs)] };
}

function findRepeated(pairs: readonly Pair[]): Fault[] {
  const names = pairs.map(([name]) => name);
  const repeated = names.filter((name, index) => names.indexOf(name) !== index);
  return [...new Set(repeated)].map((path) => ({
    path,
    problem: 'given more than once',
    expected: 'one value',
  }));
}
