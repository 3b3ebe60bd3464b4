import { type AuthorizedFetchOptions, createAuthorizedFetch } from './authorized-fetch.ts';
import { type ClientCredentials, createCredentialSource } from './credentials.ts';
import { reasonOf, TokenClientError } from './errors.ts';
import {
  createEventHub,
  type EventHub,
  type TokenClientStats,
  type TokenEvents,
} from './events.ts';
import { type IssuedToken, requestToken } from './request-token.ts';
import { createSharedTokens } from './shared-tokens.ts';
import { createIssuerClock, type IssuerClock } from './time.ts';
import { type AccessToken, createTokenCache, type Renewal } from './token-cache.ts';
import { readSettings, type Settings, type TokenClientOptions } from './token-client-options.ts';
import { createEndpointReader } from './token-endpoint.ts';
import { describeKey, type TokenKey, type TokenRequest } from './token-request.ts';

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
 * @example
 * ```ts
 * import { createTokenClient, envCredentials } from '@cognito-m2m/token-client';
 *
 * const tokens = createTokenClient({
 *   endpoint: {
 *     tokenEndpoint: 'https://acme-payments.auth.eu-central-1.amazoncognito.com/oauth2/token',
 *   },
 *   credentials: envCredentials(),
 * });
 * const call = tokens.createFetch({
 *   origins: ['https://orders.example.com'],
 *   scopes: ['orders/read'],
 * });
 *
 * export const readOrders = async () => (await call('https://orders.example.com/orders')).json();
 * ```
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
