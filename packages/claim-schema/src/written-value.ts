import { type Fault, joinPath } from './fault.ts';

/** Any character of the categories "control" and "surrogate": the latter only if it is not part of a pair. */
const CONTROL_CHARACTER = /\p{Cc}/u;
const LONE_SURROGATE = /\p{Cs}/u;

/**
 * Finds text that would not arrive as it was written.
 *
 * Terraform normalises every string to Unicode form C, and half of a surrogate pair becomes another character in UTF-8.
 *
 * @returns What is wrong, and what would be right; `undefined` for text that arrives unchanged.
 * @see https://developer.hashicorp.com/terraform/language/expressions/strings
 */
export function findChangingText(text: string): Pick<Fault, 'problem' | 'expected'> | undefined {
  if (LONE_SURROGATE.test(text)) {
    return { problem: 'holds half of a surrogate pair', expected: 'well-formed Unicode' };
  }
  if (text === text.normalize('NFC')) return undefined;
  const expected = 'the same text in normalization form C (NFC)';
  return { problem: 'not in Unicode normalization form C', expected };
}

/**
 * Checks a value that is about to be written for what Terraform, DynamoDB or API Gateway would change or refuse, and returns
 * all faults. No fault quotes the value.
 */
export function checkWrittenValue(value: unknown, path: string): Fault[] {
  if (typeof value === 'string') return checkText(value, path);
  if (Array.isArray(value)) {
    return value.flatMap((element, index) => {
      const elementPath = joinPath(path, index);
      const faults = checkWrittenValue(element, elementPath);
      const fault = typeof element === 'string' ? findListFault(element) : undefined;
      return fault === undefined ? faults : [{ path: elementPath, ...fault }, ...faults];
    });
  }
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, member]) => {
    const memberPath = joinPath(path, name);
    // DynamoDB takes an empty name inside a map, and Terraform then cannot read the item back.
    const unnamed = { path: memberPath, problem: 'a member without a name', expected: 'a name' };
    const naming = name === '' ? [unnamed] : checkText(name, memberPath);
    return [...naming, ...checkWrittenValue(member, memberPath)];
  });
}

/** Checks text that is about to be written. See `findChangingText`. */
function checkText(text: string, path: string): Fault[] {
  const fault = findChangingText(text);
  return fault === undefined ? [] : [{ path, ...fault }];
}

/** The elements of a list are separated by spaces or commas wherever a gateway passes them on. */
function findListFault(text: string): Pick<Fault, 'problem' | 'expected'> | undefined {
  const expected = 'a string without leading or trailing spaces or control characters';
  if (text === '') return { problem: 'an empty element', expected };
  if (text !== text.trim()) return { problem: 'leading or trailing spaces', expected };
  return CONTROL_CHARACTER.test(text) ? { problem: 'a control character', expected } : undefined;
}
