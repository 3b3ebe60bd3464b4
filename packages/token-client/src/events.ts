import type { TokenErrorCode } from './errors.ts';

/** What happens in a token client; for logs and metrics: no token, no secret, no metadata value. */
export interface TokenEvents {
  /** A new token arrived, from the endpoint or from the shared store. */
  readonly issued: {
    readonly scopes: readonly string[] | undefined;
    readonly metadataNames: readonly string[];
    readonly source: 'store' | 'endpoint';
    /** How long it took, in milliseconds. */
    readonly durationMs: number;
    /** How long it can be used from now on, in seconds. */
    readonly lifeSeconds: number;
  };
  /** A caller received a token. */
  readonly served: {
    readonly scopes: readonly string[] | undefined;
    readonly metadataNames: readonly string[];
  };
  /** A request failed, or the shared store did. Callers may still be served by an older token. */
  readonly failed: {
    readonly scopes: readonly string[] | undefined;
    readonly metadataNames: readonly string[];
    readonly code: TokenErrorCode;
    readonly triggerCode: string | undefined;
    readonly isRetryable: boolean;
  };
}

/** Counts since the client was created. */
export interface TokenClientStats {
  /** Tokens that callers received. */
  readonly served: number;
  /** Of these, the ones that were in memory. */
  readonly hits: number;
  /** Tokens that the endpoint issued to this process: what is paid for. */
  readonly issued: number;
  /** Tokens taken from the shared store. */
  readonly shared: number;
  /** Requests that failed, retries included. */
  readonly failed: number;
  /** Failures of the shared store. */
  readonly storeFailed: number;
  /** Tokens in memory now. */
  readonly cached: number;
}

/** Listeners and counters. */
export interface EventHub {
  readonly counts: { -readonly [N in Exclude<keyof TokenClientStats, 'cached'>]: number };
  on<E extends keyof TokenEvents>(
    event: E,
    listener: (details: TokenEvents[E]) => void,
  ): () => void;
  has(event: keyof TokenEvents): boolean;
  emit<E extends keyof TokenEvents>(event: E, details: TokenEvents[E]): void;
}

/** The listeners of each event. */
type Listeners = { readonly [E in keyof TokenEvents]: Set<(details: TokenEvents[E]) => void> };

/** Creates listeners and counters. */
export function createEventHub(): EventHub {
  const listeners: Listeners = { issued: new Set(), served: new Set(), failed: new Set() };
  return {
    counts: { served: 0, hits: 0, issued: 0, shared: 0, failed: 0, storeFailed: 0 },
    on(event, listener) {
      listeners[event].add(listener);
      return () => listeners[event].delete(listener);
    },
    has: (event) => listeners[event].size > 0,
    emit(event, details) {
      for (const listener of listeners[event]) {
        try {
          listener(details);
        } catch {
          // A metric that fails is not a failure of the caller.
        }
      }
    },
  };
}
