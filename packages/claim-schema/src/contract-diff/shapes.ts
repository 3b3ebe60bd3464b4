import { createHash } from 'node:crypto';
import { type ClaimType, type JsonObject, type JsonValue, sortMembers } from '../claim-value.ts';
import type { ClaimDefinition, Contract, MemberDefinition } from '../contract-definition.ts';
import { type Fault, joinPath } from '../fault.ts';
import { isObject } from '../field-reader.ts';

/** The part of a member's definition that readers depend on. */
export interface MemberShape extends Omit<MemberDefinition, 'description' | 'members'> {
  readonly members?: { readonly [memberName: string]: MemberShape };
}

/** The part of a claim's definition that readers depend on. */
export interface ClaimShape extends Omit<ClaimDefinition, 'description' | 'members'> {
  readonly members?: { readonly [memberName: string]: MemberShape };
}

/** The shapes of some claims by name: what readers of those claims were built with. */
export type ClaimShapes = { readonly [claim: string]: ClaimShape };

/** Every type that a claim can have. */
const CLAIM_TYPES = [
  'string',
  'number',
  'boolean',
  'string[]',
  'number[]',
  'boolean[]',
  'object',
] as const satisfies readonly ClaimType[];

/** How each field of a definition is checked, and what a fault calls it. */
interface FieldKind {
  readonly expected: string;
  readonly isValid: (value: unknown) => boolean;
}

const NUMBER: FieldKind = { expected: 'a number', isValid: Number.isFinite };
const FLAG: FieldKind = { expected: 'a boolean', isValid: (value) => typeof value === 'boolean' };
const COUNT: FieldKind = {
  expected: 'a whole number, 0 or more',
  isValid: (value) => Number.isSafeInteger(value) && Number(value) >= 0,
};

/** The fields of a definition that limit its values, and their kinds; `members` is apart. */
const VALUE_FIELDS: { readonly [field: string]: FieldKind } = {
  type: {
    expected: `one of ${CLAIM_TYPES.join(', ')}`,
    isValid: (value) => CLAIM_TYPES.some((type) => type === value),
  },
  values: {
    expected: 'a list of strings or numbers',
    isValid: (value) =>
      Array.isArray(value) &&
      value.every((listed) => typeof listed === 'string' || typeof listed === 'number'),
  },
  min: NUMBER,
  max: NUMBER,
  integer: FLAG,
  pattern: {
    expected: 'a regular expression',
    isValid: (value) => typeof value === 'string' && isPattern(value),
  },
  maxLength: COUNT,
  minItems: COUNT,
  maxItems: COUNT,
};

/** The fields of a member's definition. */
const MEMBER_FIELDS = { ...VALUE_FIELDS, required: FLAG };

/** The fields of a claim's definition. */
const CLAIM_FIELDS: { readonly [field: string]: FieldKind } = {
  ...VALUE_FIELDS,
  required: {
    expected: 'a boolean or a list of pools',
    isValid: (value) =>
      typeof value === 'boolean' ||
      (Array.isArray(value) && value.length > 0 && value.every((pool) => typeof pool === 'string')),
  },
  gatewaySafe: FLAG,
  verified: FLAG,
};

/**
 * Checks that the fields of a definition are known and of the right kind, and returns all faults.
 *
 * @param others - Fields that are allowed as well, and not checked here.
 */
export function checkFields(
  definition: object,
  owner: 'claim' | 'member',
  path: string,
  others: readonly string[] = [],
): Fault[] {
  const kinds: { readonly [field: string]: FieldKind } =
    owner === 'claim' ? CLAIM_FIELDS : MEMBER_FIELDS;
  const known = [...Object.keys(kinds), 'members', ...others];
  const faults = Object.entries(definition).flatMap(([field, value]): Fault[] => {
    const fieldPath = joinPath(path, field);
    if (!known.includes(field)) {
      const expected = `one of ${known.join(', ')}`;
      return [{ path: fieldPath, problem: 'unknown field', expected }];
    }
    const kind = Object.hasOwn(kinds, field) ? kinds[field] : undefined;
    if (kind === undefined || kind.isValid(value)) return [];
    return [{ path: fieldPath, problem: 'wrong field', expected: kind.expected }];
  });
  if (Object.hasOwn(definition, 'type')) return faults;
  return [...faults, { path: joinPath(path, 'type'), problem: 'missing', expected: 'a type' }];
}

/** Records what readers of a contract depend on: everything except the descriptions, claims sorted by name. */
export function takeSnapshot(contract: Contract): { [claim: string]: ClaimShape } {
  return Object.fromEntries(
    Object.entries(contract)
      .sort(([first], [second]) => (first < second ? -1 : 1))
      .map(([claim, definition]) => [claim, withoutDescriptions(definition)]),
  );
}

/**
 * Makes a short digest by which to tell whether two contracts say the same: 16 hexadecimal digits.
 *
 * Descriptions and the order of claims, fields, listed values and pools make no difference.
 */
export function digestContract(contract: Contract): string {
  // A copy, of which the type says that it holds JSON only.
  const snapshot: JsonObject = JSON.parse(JSON.stringify(takeSnapshot(contract)));
  const shapes = sortMembers(sortLists(snapshot));
  return createHash('sha256').update(JSON.stringify(shapes)).digest('hex').slice(0, 16);
}

/** True for a regular expression under the flag `u`. */
function isPattern(pattern: string): boolean {
  try {
    new RegExp(pattern, 'u');
    return true;
  } catch {
    return false;
  }
}

function withoutDescriptions<D extends MemberDefinition | ClaimDefinition>({
  description: _,
  members,
  ...shape
}: D): Omit<D, 'description' | 'members'> & Pick<MemberShape, 'members'> {
  if (members === undefined) return shape;
  const shapes = Object.entries(members).map(([name, member]): [string, MemberShape] => [
    name,
    withoutDescriptions(member),
  ]);
  return { ...shape, members: Object.fromEntries(shapes) };
}

function sortLists(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return [...value].sort((a, b) => (String(a) < String(b) ? -1 : 1));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name, sortLists(member)]),
  );
}
