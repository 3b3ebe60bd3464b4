import { describeKind, isOfClaimType, type JsonObject, type JsonValue } from './claim-value.ts';
import type { MemberDefinition, ValueRules } from './contract-definition.ts';
import { type Fault, joinPath } from './fault.ts';

type Members = { readonly [memberName: string]: MemberDefinition };

/** Checks a value against its rules and returns all faults. No fault quotes the value. */
export function checkValue(rules: ValueRules, value: unknown, path: string): Fault[] {
  const { type, members } = rules;
  if (!isOfClaimType(value, type)) {
    return [{ path, problem: 'wrong type', got: describeKind(value), expected: type }];
  }
  if (Array.isArray(value)) return checkList(rules, value, path);
  if (type !== 'object') return checkScalar(rules, value, path);
  // `isOfClaimType` has seen an object of JSON values.
  return members === undefined ? [] : checkMembers(members, value as JsonObject, path);
}

/**
 * Leaves out the members that rules do not name, at every level: a newer contract may have added them.
 *
 * @returns The value itself where there is nothing to leave out.
 */
export function knownMembers(rules: ValueRules, value: unknown): unknown {
  const { members } = rules;
  if (members === undefined || !isPlainObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, member]) => {
      const definition = memberOf(members, name);
      return definition === undefined ? [] : [[name, knownMembers(definition, member)]];
    }),
  );
}

/**
 * True for a value that API Gateway's authorizers pass on unchanged: a string without leading or trailing spaces.
 *
 * A comma or a bracket does no harm: the reader knows from the contract that the claim is a string and not a list.
 */
export function isGatewaySafe(value: unknown): boolean {
  return typeof value === 'string' && value === value.trim();
}

/** The definition of a member, own properties only. */
function memberOf(members: Members, name: string): MemberDefinition | undefined {
  return Object.hasOwn(members, name) ? members[name] : undefined;
}

/** The regular expression that a whole string must match. @throws {SyntaxError} For a pattern that is not one. */
function compilePattern(pattern: string): RegExp {
  const known = compiled.get(pattern);
  if (known !== undefined) return known;
  const expression = new RegExp(`^(?:${pattern})$`, 'u');
  compiled.set(pattern, expression);
  return expression;
}

/** Patterns come from the contract, so there are few of them. */
const compiled = new Map<string, RegExp>();

function checkList(rules: ValueRules, values: readonly unknown[], path: string): Fault[] {
  const { minItems = 0, maxItems = Number.POSITIVE_INFINITY } = rules;
  const got = `${values.length}`;
  const faults: Fault[] = [];
  if (values.length < minItems) {
    faults.push({ path, problem: 'too few elements', got, expected: `at least ${minItems}` });
  }
  if (values.length > maxItems) {
    faults.push({ path, problem: 'too many elements', got, expected: `at most ${maxItems}` });
  }
  values.forEach((value, index) => {
    faults.push(...checkScalar(rules, value, joinPath(path, index)));
  });
  return faults;
}

function checkScalar(rules: ValueRules, value: unknown, path: string): Fault[] {
  const { values } = rules;
  if (values !== undefined && !values.some((allowed) => allowed === value)) {
    return [{ path, problem: 'value not allowed', expected: `one of ${values.join(', ')}` }];
  }
  if (typeof value === 'number') return checkNumber(rules, value, path);
  return typeof value === 'string' ? checkString(rules, value, path) : [];
}

function checkNumber({ min, max, integer }: ValueRules, value: number, path: string): Fault[] {
  const faults: Fault[] = [];
  if (min !== undefined && value < min) {
    faults.push({ path, problem: 'too small', expected: `at least ${min}` });
  }
  if (max !== undefined && value > max) {
    faults.push({ path, problem: 'too large', expected: `at most ${max}` });
  }
  if (integer === true && !Number.isInteger(value)) {
    faults.push({ path, problem: 'not a whole number', expected: 'a whole number' });
  }
  return faults;
}

function checkString({ pattern, maxLength }: ValueRules, value: string, path: string): Fault[] {
  const faults: Fault[] = [];
  if (pattern !== undefined && !compilePattern(pattern).test(value)) {
    const expected = `a string that matches /${pattern}/`;
    faults.push({ path, problem: 'does not match the pattern', expected });
  }
  // Characters are counted only where there may be too many: there are no more of them than UTF-16 units.
  if (maxLength !== undefined && value.length > maxLength && [...value].length > maxLength) {
    const got = `${[...value].length} characters`;
    faults.push({ path, problem: 'too long', got, expected: `at most ${maxLength}` });
  }
  return faults;
}

function checkMembers(members: Members, value: JsonObject, path: string): Fault[] {
  const missing = Object.entries(members).flatMap(([name, { type, required }]): Fault[] =>
    required === true && !Object.hasOwn(value, name)
      ? [{ path: joinPath(path, name), problem: 'missing', expected: type }]
      : [],
  );
  const faulty = Object.entries(value).flatMap(([name, member]: [string, JsonValue]): Fault[] => {
    const definition = memberOf(members, name);
    const memberPath = joinPath(path, name);
    if (definition !== undefined) return checkValue(definition, member, memberPath);
    const expected = `one of ${Object.keys(members).join(', ')}`;
    return [{ path: memberPath, problem: 'unknown member', expected }];
  });
  return [...missing, ...faulty];
}

function isPlainObject(value: unknown): value is { readonly [name: string]: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
