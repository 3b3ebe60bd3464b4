/** Leaves out the members that are `undefined`: those that are spread over defaults must not hide them. */
export function withoutUndefined<T extends object>(
  value: T,
): { [N in keyof T]?: Exclude<T[N], undefined> } {
  const entries = Object.entries(value).filter(([, member]) => member !== undefined);
  return Object.fromEntries(entries) as { [N in keyof T]?: Exclude<T[N], undefined> };
}
