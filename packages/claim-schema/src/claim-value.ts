/** A single JSON value that is neither an array nor an object. */
type ClaimScalar = string | number | boolean;

/** What may stand inside an object claim. */
export type JsonValue = ClaimScalar | null | readonly JsonValue[] | JsonObject;

/** A JSON object, its keys being plain data whatever their names. */
export type JsonObject = { readonly [key: string]: JsonValue };

/**
 * What Amazon Cognito takes as the value of a claim: strings, numbers, booleans, arrays of those, JSON objects.
 *
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-lambda-pre-token-generation.html
 */
export type ClaimValue = ClaimScalar | readonly ClaimScalar[] | JsonObject;

/** Claims by name. Read with `Object.entries` or `Object.hasOwn`: a name such as `constructor` is plain data. */
export type Claims = { readonly [name: string]: ClaimValue };

/** The types that a contract can give a claim. */
export type ClaimType =
  | 'string'
  | 'number'
  | 'boolean'
  | 'string[]'
  | 'number[]'
  | 'boolean[]'
  | 'object';

/** DynamoDB nests 32 levels; a claim lies four levels down in its record (claims, name, `value`, and the item itself). */
const MAX_DEPTH = 28;

/**
 * Names the claim type of any value, or `undefined` for a value that no claim may have.
 *
 * An empty array fits every array type and is called `string[]`. A number must be one that `isSafeNumber` accepts.
 */
export function claimTypeOf(value: unknown): ClaimType | undefined {
  if (Array.isArray(value)) return arrayTypeOf(value);
  if (isScalar(value)) return scalarTypeOf(value);
  return isJsonObject(value, 0) ? 'object' : undefined;
}

/** True for a value that a claim can have. */
export function isClaimValue(value: unknown): value is ClaimValue {
  return claimTypeOf(value) !== undefined;
}

/** True for a value that has the type `type`; an empty array has every array type. */
export function isOfClaimType(value: unknown, type: ClaimType): value is ClaimValue {
  if (Array.isArray(value) && value.length === 0) return type.endsWith('[]');
  return claimTypeOf(value) === type;
}

/** Says what kind of thing a value is, for messages, and never the value itself. */
export function describeKind(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return claimTypeOf(value) ?? 'a mixed or nested array';
  if (typeof value === 'number' && !isSafeNumber(value)) {
    return Math.abs(value) < 1 ? 'a number closer to 0 than 1E-130' : 'a number beyond 2^53';
  }
  return typeof value;
}

/**
 * The smallest magnitude that DynamoDB stores, apart from 0; its other limits are wider than those of JavaScript.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html
 */
const SMALLEST_NUMBER = 1e-130;

/** True for a number that JSON, JavaScript and DynamoDB all carry unchanged: whole numbers are within ±2^53. */
export function isSafeNumber(value: number): boolean {
  if (Number.isInteger(value)) return Number.isSafeInteger(value);
  return Number.isFinite(value) && Math.abs(value) >= SMALLEST_NUMBER;
}

/** Copies a value with the members of every object in the order of their names: DynamoDB keeps no order. */
export function sortMembers(value: ClaimValue): ClaimValue;
/** The same for any JSON value. */
export function sortMembers(value: JsonValue): JsonValue;
/** The same, as it is done. */
export function sortMembers(value: JsonValue): JsonValue {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(sortMembers);
  return Object.fromEntries(
    Object.entries(value)
      .sort(([first], [second]) => (first < second ? -1 : 1))
      .map(([name, member]) => [name, sortMembers(member)]),
  );
}

function isScalar(value: unknown): value is ClaimScalar {
  if (typeof value === 'number') return isSafeNumber(value);
  return typeof value === 'string' || typeof value === 'boolean';
}

function scalarTypeOf(value: ClaimScalar): 'string' | 'number' | 'boolean' {
  if (typeof value === 'string') return 'string';
  return typeof value === 'number' ? 'number' : 'boolean';
}

function arrayTypeOf(values: readonly unknown[]): ClaimType | undefined {
  if (!values.every(isScalar)) return undefined;
  const [type = 'string', ...others] = new Set(values.map(scalarTypeOf));
  return others.length > 0 ? undefined : `${type}[]`;
}

function isJsonObject(value: unknown, depth: number): value is JsonObject {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return Object.values(value).every((member) => isJsonValue(member, depth + 1));
}

function isJsonValue(value: unknown, depth: number): value is JsonValue {
  if (depth > MAX_DEPTH) return false;
  if (value === null || isScalar(value)) return true;
  if (Array.isArray(value)) return value.every((member) => isJsonValue(member, depth + 1));
  return isJsonObject(value, depth);
}
