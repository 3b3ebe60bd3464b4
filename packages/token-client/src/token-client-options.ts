import type { CredentialsProvider } from './credentials.ts';
import { invalidOption, type TokenEndpointOptions } from './request-token.ts';
import { systemTime, type TimeSource } from './time.ts';
import type { TokenStore } from './token-store.ts';

/** How to create a token client: one for each app client and process. */
export interface TokenClientOptions {
  /** Where tokens are requested. */
  readonly endpoint: TokenEndpointOptions;
  /** Reads the app client's ID and secret, when the first token is requested and when the secret was rotated. */
  readonly credentials: CredentialsProvider;
  /**
   * How old a token may become, in seconds: a changed claim is seen after this at the latest. While no new token can be
   * had, an older one is served as long as it is valid. @default the token's life
   */
  readonly maxAgeSeconds?: number;
  /** How long before `exp` a token is no longer served, in seconds, from 0 to 120: time to reach the API. @default 5 */
  readonly clockMarginSeconds?: number;
  /** How long a caller waits at most, in milliseconds, retries included. @default 10000 */
  readonly timeoutMs?: number;
  /** Budget of one request to the endpoint, in milliseconds; the trigger may use 5 seconds. @default 6000 */
  readonly attemptTimeoutMs?: number;
  /** Requests that one caller waits for at most. @default 5 */
  readonly maxAttempts?: number;
  /** How long a refusal is remembered, in seconds, so that a loop of calls does not ask for each. @default 5 */
  readonly refusalHoldSeconds?: number;
  /** Tokens kept at most; the one that was used least recently goes first. @default 1000 */
  readonly maxTokens?: number;
  /** Shares tokens between processes. @default none: each process requests its own */
  readonly store?: TokenStore;
  /** How long a call of the store may take, in milliseconds; then the token is requested without it. @default 2000 */
  readonly storeTimeoutMs?: number;
  /** Allows `http:` for other machines than this one, for local Cognito in a container network. @default false */
  readonly allowHttp?: boolean;
  /** @default the global `fetch` */
  readonly fetch?: typeof globalThis.fetch;
  /** Clocks and chance, for tests. @default the ones of this process */
  readonly time?: Partial<TimeSource>;
}

/** The settings in use. */
export interface Settings {
  readonly maxAgeMs: number;
  readonly clockMarginMs: number;
  readonly timeoutMs: number;
  readonly attemptTimeoutMs: number;
  readonly maxAttempts: number;
  readonly refusalHoldMs: number;
  readonly maxTokens: number;
  readonly storeTimeoutMs: number;
  readonly fetch: typeof globalThis.fetch;
  readonly time: TimeSource;
}

/** Each number's default and bounds. An hour is the longest wait that makes sense; tokens live for a day at most. */
const NUMBERS = {
  maxAgeSeconds: [Number.POSITIVE_INFINITY, 1, Number.POSITIVE_INFINITY],
  clockMarginSeconds: [5, 0, 120],
  timeoutMs: [10_000, 1, 3_600_000],
  attemptTimeoutMs: [6_000, 1, 600_000],
  maxAttempts: [5, 1, 100],
  refusalHoldSeconds: [5, 0, 300],
  maxTokens: [1_000, 1, 1_000_000],
  storeTimeoutMs: [2_000, 1, 600_000],
} as const;

/**
 * Fills in the defaults and checks what the types do not.
 *
 * @throws {TokenClientError} `ERR_TOKEN_CLIENT_OPTIONS`, with all faults.
 */
export function readSettings(options: TokenClientOptions): Settings {
  const faults: string[] = [];
  const number = (name: keyof typeof NUMBERS): number => {
    const [standard, low, high] = NUMBERS[name];
    const value = options[name] ?? standard;
    if (!(typeof value === 'number' && value >= low && value <= high)) {
      faults.push(`"${name}" must be a number from ${low} to ${high}.`);
    }
    return value;
  };
  if (typeof options.credentials !== 'function') faults.push('"credentials" must be a function.');
  if (typeof options.endpoint !== 'object') faults.push('"endpoint" must be an object.');
  const settings = {
    maxAgeMs: number('maxAgeSeconds') * 1_000,
    clockMarginMs: number('clockMarginSeconds') * 1_000,
    timeoutMs: number('timeoutMs'),
    attemptTimeoutMs: number('attemptTimeoutMs'),
    maxAttempts: number('maxAttempts'),
    refusalHoldMs: number('refusalHoldSeconds') * 1_000,
    maxTokens: number('maxTokens'),
    storeTimeoutMs: number('storeTimeoutMs'),
    // Looked up at each call: instrumentation replaces the global one.
    fetch: options.fetch ?? ((...call) => globalThis.fetch(...call)),
    time: { ...systemTime, ...options.time },
  };
  if (faults.length > 0) throw invalidOption(faults.join(' '));
  return settings;
}
