/** One thing wrong with an input: where it stands, what was there, what should be. Never holds a claim value or a secret. */
export interface Fault {
  /** Where in the input, as a path such as `pools.payments.clients.billing-worker.scopes[1]`. */
  readonly path: string;
  /** What is wrong, as a sentence without a full stop. */
  readonly problem: string;
  /** What was found, described and never quoted where it may be a claim value. */
  readonly got?: string;
  /** What would be right. */
  readonly expected?: string;
}

/** Renders a fault as one line. */
export function formatFault({ path, problem, got, expected }: Fault): string {
  const details = [
    got === undefined ? undefined : `got ${got}`,
    expected === undefined ? undefined : `expected ${expected}`,
  ].filter((detail) => detail !== undefined);
  return `${path}: ${problem}${details.length > 0 ? ` (${details.join('; ')})` : ''}`;
}

/** A path segment: `.name` for a plain name, `["na.me"]` for any other, `[3]` for a position. */
export function joinPath(path: string, segment: string | number): string {
  if (typeof segment === 'number') return `${path}[${segment}]`;
  // Names with a dot or a bracket would make the path ambiguous; `custom:role` and `orders/read` do not.
  if (!/^[\w:/-]+$/.test(segment)) return `${path}[${JSON.stringify(segment)}]`;
  return path === '' ? segment : `${path}.${segment}`;
}
