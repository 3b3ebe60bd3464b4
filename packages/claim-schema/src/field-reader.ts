import type { JsonObject, JsonValue } from './claim-value.ts';
import { type Fault, joinPath } from './fault.ts';

/** Reads typed fields out of a JSON object and gathers every fault on the way; a faulty field reads as a neutral value. */
export interface FieldReader {
  string(name: string): string;
  /** A whole number, 0 or more. */
  integer(name: string): number;
  boolean(name: string): boolean;
  strings(name: string): string[];
  oneOf<const T extends string>(name: string, allowed: readonly [T, ...T[]]): T;
  object(name: string): JsonObject;
  /** An object whose members are all strings. */
  stringMap(name: string): { [member: string]: string };
  /** True if the object has the field. */
  has(name: string): boolean;
  /** A reader of an object field. */
  nested(name: string): FieldReader;
  /** Reads every member of an object field by a function of its value and path. */
  map<T>(name: string, read: (value: JsonValue, path: string) => T): { [member: string]: T };
}

/** Makes a reader of one object. */
export function createFieldReader(
  source: JsonObject,
  basePath: string,
  faults: Fault[],
): FieldReader {
  function field<T extends JsonValue>(
    name: string,
    expected: string,
    isExpected: (value: JsonValue | undefined) => value is T,
    neutral: T,
  ): T {
    const value = Object.hasOwn(source, name) ? source[name] : undefined;
    if (isExpected(value)) return value;
    const got = value === undefined ? 'nothing' : kindOf(value);
    faults.push({ path: joinPath(basePath, name), problem: 'wrong field', got, expected });
    return neutral;
  }

  return {
    string: (name) => field(name, 'string', isString, ''),
    integer: (name) => field(name, 'whole number', isCount, 0),
    boolean: (name) => field(name, 'boolean', isBoolean, false),
    strings: (name) => [...field(name, 'list of strings', isStrings, [])],
    stringMap: (name) => ({ ...field(name, 'object of strings', isStringMap, {}) }),
    has: (name) => Object.hasOwn(source, name),
    nested: (name) =>
      createFieldReader(field(name, 'object', isObject, {}), joinPath(basePath, name), faults),
    object: (name) => field(name, 'object', isObject, {}),
    oneOf: (name, allowed) => {
      const isAllowed = (value: JsonValue | undefined): value is (typeof allowed)[number] =>
        allowed.some((candidate) => candidate === value);
      return field(name, allowed.join(' or '), isAllowed, allowed[0]);
    },
    map: (name, read) =>
      Object.fromEntries(
        Object.entries(field(name, 'object', isObject, {})).map(([member, value]) => [
          member,
          read(value, joinPath(joinPath(basePath, name), member)),
        ]),
      ),
  };
}

/** True for a JSON object, arrays and null excluded. */
export function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function kindOf(value: JsonValue): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'list' : typeof value;
}

function isString(value: JsonValue | undefined): value is string {
  return typeof value === 'string';
}

function isBoolean(value: JsonValue | undefined): value is boolean {
  return typeof value === 'boolean';
}

function isCount(value: JsonValue | undefined): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

function isStrings(value: JsonValue | undefined): value is readonly string[] {
  return Array.isArray(value) && value.every((member) => typeof member === 'string');
}

function isStringMap(value: JsonValue | undefined): value is { readonly [member: string]: string } {
  return isObject(value) && Object.values(value).every(isString);
}
