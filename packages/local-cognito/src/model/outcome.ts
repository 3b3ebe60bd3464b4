/** A value, or why there is none. */
export type Outcome<T, F> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly failure: F };

/** Wraps a value. */
export function succeed<T>(value: T): Outcome<T, never> {
  return { ok: true, value };
}

/** Wraps the reason why there is no value. */
export function fail<F>(failure: F): Outcome<never, F> {
  return { ok: false, failure };
}
