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

/** Reads a member of a value of which nothing is known, such as an error; `undefined` if it has none. */
export function memberOf(value: unknown, name: string): unknown {
  return Object(value)[name];
}
