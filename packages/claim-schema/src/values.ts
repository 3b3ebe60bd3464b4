export { compareText } from './claim-stack.ts';

/**
 * Lists the keys of an object whose type says all of them, as a `const` table does.
 *
 * `Object.keys` would call them `string`: for an object in general, nobody knows which others it has.
 */
export function keysOf<T extends object>(object: T): Extract<keyof T, string>[] {
  const keys: Extract<keyof T, string>[] = [];
  for (const key in object) if (Object.hasOwn(object, key)) keys.push(key);
  return keys;
}

/** Keeps the members that a condition accepts. */
export function filterMembers<T extends object>(
  object: T,
  isKept: (value: unknown, name: string) => boolean,
): Partial<T> {
  const kept = Object.entries(object).filter(([name, value]) => isKept(value, name));
  // What is left has the type of its member.
  return Object.fromEntries(kept) as Partial<T>;
}

/** Reads a property of a value of which nothing is known, such as an error; `undefined` if it has none. */
export function propertyOf(value: unknown, name: string): unknown {
  return Object(value)[name];
}
