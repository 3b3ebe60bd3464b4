import { type AuthorizedFetchOptions, createAuthorizedFetch } from './authorized-fetch.ts';
import { type ClientCredentials, createCredentialSource } from './credentials.ts';
import { reasonOf, TokenClientError, type TokenErrorCode } from './errors.ts';
import { type IssuedToken, requestToken } from './request-token.ts';
import { createSharedTokens } from './shared-tokens.ts';
import { createIssuerClock, type IssuerClock } from './time.ts';
import { createTokenCache, describeKey, type TokenKey, type TokenRequest } from './token-cache.ts';
import { readSettings, type Settings, type TokenClientOptions } from './token-client-options.ts';
import { createEndpointReader } from './token-endpoint.ts';
import type { AccessToken, Renewal } from './token-entry.ts';

/** Gets, keeps and renews the tokens of one app client. */
export interface TokenClient {
  /**
   * Returns a token for scopes and metadata: from memory if there is one, else one request for all callers.
   *
   * @throws {TokenClientError} `ERR_TOKEN_REFUSED` with the trigger's code in `details`, `ERR_CREDENTIALS_…`,
   *   `ERR_TOKEN_…`; what the caller's signal says.
   */
  get(request?: TokenRequest): Promise<AccessToken>;
  /**
   * Creates a `fetch` that adds the token to requests of the named origins, and only there, also after a redirect. If
   * an API answers 401, it is asked once more with a new token.
   *
   * @throws {TokenClientError} `ERR_TOKEN_CLIENT_OPTIONS`.
   */
  createFetch(options: AuthorizedFetchOptions): typeof globalThis.fetch;
  /** Counts since the client was created. */
  stats(): TokenClientStats;
  /** Listens to an event. @returns a function that ends it */
  on<E extends keyof TokenEvents>(
    event: E,
    listener: (details: TokenEvents[E]) => void,
  ): () => void;
}

/**
 * Creates a token client. No network until the first token; no timers, so it does not keep a process alive.
 *
 * @throws {TokenClientError} `ERR_TOKEN_CLIENT_OPTIONS`.
 */
export function createTokenClient(options: TokenClientOptions): TokenClient {
  const settings = readSettings(options);
  const clock = createIssuerClock(settings.time);
  const events = createEventHub();
  const renew = createRenewal(options, {
    settings,
    clock,
    events,
    onNewClient: () => cache.dropTokens(),
  });
  const cache = createTokenCache({ settings, clock, events, renew });
  return {
    get: (request = {}) => cache.get(request),
    createFetch: (fetchOptions) => createAuthorizedFetch(cache, settings.fetch, fetchOptions),
    stats: () => ({ ...events.counts, cached: cache.size() }),
    on: events.on,
  };
}

/** What a renewal uses. */
interface RenewalContext {
  readonly settings: Settings;
  readonly clock: IssuerClock;
  readonly events: EventHub;
  readonly onNewClient: () => void;
}

function createRenewal(options: TokenClientOptions, context: RenewalContext) {
  const { settings, clock, events } = context;
  const { store, allowHttp = false } = options;
  const { time, refusalHoldMs: holdMs, attemptTimeoutMs: timeoutMs, fetch } = settings;
  const { monotonic } = time;
  const source = createCredentialSource({ provider: options.credentials, holdMs, monotonic });
  const readEndpoint = createEndpointReader(options.endpoint, { allowHttp });
  const onStoreFailure = (error: unknown) => noteStoreFailure(events, error);
  const sharing = { timeoutMs: settings.storeTimeoutMs, clock, time, onStoreFailure };
  const shared = store && createSharedTokens({ store, ...sharing });
  let clientId: string | undefined;

  async function attempt(key: TokenKey, credentials: ClientCredentials): Promise<IssuedToken> {
    if (clientId !== undefined && clientId !== credentials.clientId) context.onNewClient();
    clientId = credentials.clientId;
    const endpoint = await readEndpoint();
    try {
      const token = await requestToken({ endpoint, credentials, key, fetch, clock, timeoutMs });
      source.accepted();
      return token;
    } catch (error) {
      if (!(error instanceof TokenClientError && error.code === 'ERR_CREDENTIALS_REFUSED'))
        throw error;
      const newer = await source.refused(credentials, error);
      if (newer === undefined) throw error;
      return attempt(key, newer);
    }
  }

  return async ({ key, mayWait, isWelcome }: Renewal): Promise<IssuedToken | undefined> => {
    const startMs = monotonic();
    const credentials = await source.current();
    const request = () => attempt(key, credentials);
    const { url: endpointUrl } = await readEndpoint();
    const found = shared
      ? await shared.obtain({ endpointUrl, credentials, key, mayWait, isWelcome, request })
      : { token: await request(), isShared: false };
    if (found === undefined) return undefined;
    const { token, isShared } = found;
    events.counts[isShared ? 'shared' : 'issued']++;
    events.emit('issued', {
      ...describeKey(key),
      source: isShared ? 'store' : 'endpoint',
      durationMs: monotonic() - startMs,
      lifeSeconds: Math.floor((token.expiresMs - clock.now()) / 1_000),
    });
    return token;
  };
}

function noteStoreFailure(events: EventHub, error: unknown): void {
  events.counts.storeFailed++;
  const reason = reasonOf(error);
  const { code, retryable } = new TokenClientError('ERR_STORE_UNAVAILABLE', `Reason: ${reason}.`);
  events.emit('failed', {
    scopes: undefined,
    metadataNames: [],
    code,
    triggerCode: undefined,
    isRetryable: retryable,
  });
}

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
function createEventHub(): EventHub {
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
