/** What the next answers of the token endpoints are instead of their own. */
export interface Fault {
  /** How many requests it is for. @default 1 */
  readonly count?: number;
  /** The status of the answer. @default the request is answered as usual, after the delay */
  readonly status?: number;
  /** The body of the answer: an object becomes JSON. @default empty */
  readonly body?: string | object;
  /** Headers of the answer, such as `retry-after`. */
  readonly headers?: { readonly [name: string]: string };
  /** How long the answer waits, in milliseconds. @default 0 */
  readonly delayMs?: number;
  /** True to close the connection without an answer. @default false */
  readonly reset?: boolean;
}
