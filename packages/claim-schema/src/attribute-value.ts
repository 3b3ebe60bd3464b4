import { isSafeNumber, type JsonObject, type JsonValue } from './claim-value.ts';
import { type Fault, joinPath } from './fault.ts';

/** A DynamoDB attribute value of the kinds that claim records use, in the form of the DynamoDB API. */
export type AttributeValue =
  | { S: string }
  | { N: string }
  | { BOOL: boolean }
  | { NULL: true }
  | { L: AttributeValue[] }
  | { M: { [name: string]: AttributeValue } };

/** A DynamoDB item by attribute name. */
export type Item = { [name: string]: AttributeValue };

/** DynamoDB's number syntax. @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html */
const NUMBER_TEXT =
  /^(?<sign>[+-]?)(?<whole>\d+)(?:\.(?<fraction>\d+))?(?:[eE](?<exponent>[+-]?\d+))?$/;

/** Deeper than any item that DynamoDB stores. */
const MAX_DEPTH = 40;

/** Encodes a JSON value; the caller has checked its numbers. */
function encodeAttribute(value: JsonValue | undefined): AttributeValue {
  if (value === null || value === undefined) return { NULL: true };
  if (typeof value === 'string') return { S: value };
  if (typeof value === 'number') return { N: String(value) };
  if (typeof value === 'boolean') return { BOOL: value };
  if (isArray(value)) return { L: value.map(encodeAttribute) };
  return { M: encodeMembers(value) };
}

/** Encodes every member of an object that is set. */
export function encodeMembers(source: JsonObject): Item {
  const members = Object.entries(source).filter(([, value]) => value !== undefined);
  // Object.fromEntries defines own properties, so that a member named `__proto__` stays data.
  return Object.fromEntries(members.map(([name, value]) => [name, encodeAttribute(value)]));
}

/**
 * Decodes an attribute value into JSON.
 *
 * @param faults - Receives what can't be decoded: an unknown type, a number that JavaScript would change.
 * @param namedLevels - How many levels of members a path may name. Below them, names are a part of a claim's value.
 */
export function decodeAttribute(
  attribute: unknown,
  path: string,
  faults: Fault[],
  namedLevels: number,
  depth = 0,
): JsonValue {
  const [type, value] = Object.entries(attribute ?? {})[0] ?? [];
  if (depth > MAX_DEPTH) return reject(faults, path, 'nested too deep', `${depth} levels`);
  if (type === 'S' && typeof value === 'string') return value;
  if (type === 'BOOL' && typeof value === 'boolean') return value;
  if (type === 'NULL') return null;
  if (type === 'N' && typeof value === 'string') return decodeNumber(value, path, faults);
  if (type === 'L' && Array.isArray(value)) {
    return value.map((member, index) =>
      decodeAttribute(member, joinPath(path, index), faults, namedLevels, depth + 1),
    );
  }
  if (type === 'M' && typeof value === 'object' && value !== null) {
    const members = Object.entries(value).map(([name, member]) => {
      const memberPath = namedLevels > 0 ? joinPath(path, name) : path;
      return [name, decodeAttribute(member, memberPath, faults, namedLevels - 1, depth + 1)];
    });
    return Object.fromEntries(members);
  }
  return reject(faults, path, 'not a type that claim records use', String(type));
}

function decodeNumber(text: string, path: string, faults: Fault[]): JsonValue {
  const value = Number(text);
  if (isSafeNumber(value) && decimalOf(text) === decimalOf(String(value))) return value;
  return reject(
    faults,
    path,
    'a number that JavaScript cannot represent exactly',
    'one it changes',
  );
}

/** Writes a decimal number in one way only, as its significant digits and a power of ten; nothing for any other text. */
function decimalOf(text: string): string | undefined {
  const parts = NUMBER_TEXT.exec(text)?.groups;
  if (parts === undefined) return undefined;
  const { sign, whole, fraction = '', exponent = '0' } = parts;
  const digits = `${whole}${fraction}`.replace(/^0+/, '');
  const significant = digits.replace(/0+$/, '');
  if (significant === '') return '0';
  const power = Number(exponent) - fraction.length + digits.length - significant.length;
  return `${sign === '-' ? '-' : ''}${significant}e${power}`;
}

function reject(faults: Fault[], path: string, problem: string, got: string): null {
  faults.push({ path, problem, got });
  return null;
}

function isArray(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}
