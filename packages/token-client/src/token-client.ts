import { type AuthorizedFetchOptions, createAuthorizedFetch } from './authorized-fetch.ts';
import {
  type ClientCredentials,
  type CredentialsProvider,
  checkCredentials,
  isAwsError,
  mayPass,
} from './credentials.ts';
import { reasonOf, TokenClientError } from './errors.ts';
import {
  createEventHub,
  type EventHub,
  type TokenClientStats,
  type TokenEvents,
} from './events.ts';
import { createEndpointReader, type IssuedToken, requestToken } from './request-token.ts';
import { createSharedTokens } from './shared-tokens.ts';
import { createIssuerClock, type IssuerClock } from './time.ts';
import { type AccessToken, createTokenCache, type Renewal } from './token-cache.ts';
import { readSettings, type Settings, type TokenClientOptions } from './token-client-options.ts';
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

/**
 * Creates the source of the credentials.
 *
 * @param options.holdMs - How long a refusal is remembered, in milliseconds.
 */
function createCredentialSource(options: {
  readonly provider: CredentialsProvider;
  readonly holdMs: number;
  readonly monotonic: () => number;
}): CredentialSource {
  const { provider, holdMs, monotonic } = options;
  let held: ClientCredentials | undefined;
  let reading: Promise<ClientCredentials> | undefined;
  let isReread = false;
  let refusal: { readonly error: TokenClientError; readonly until: number } | undefined;

  const isRemembered = () => refusal !== undefined && monotonic() < refusal.until;

  function read(): Promise<ClientCredentials> {
    reading ??= readCredentials(provider)
      .then((credentials) => {
        held = credentials;
        return credentials;
      })
      .finally(() => {
        reading = undefined;
      });
    return reading;
  }

  return {
    async current() {
      if (refusal !== undefined && isRemembered()) throw refusal.error;
      return held ?? read();
    },
    accepted() {
      isReread = false;
    },
    async refused(credentials, error) {
      if (isRemembered()) return undefined;
      if (held !== undefined && held !== credentials) return held;
      const newer = isReread ? credentials : await read();
      isReread = true;
      if (!isSame(newer, credentials)) return newer;
      refusal = { error, until: monotonic() + holdMs };
      // After the hold the secret is read again: it may have been corrected.
      held = undefined;
      isReread = false;
      return undefined;
    },
  };
}

async function readCredentials(provider: CredentialsProvider): Promise<ClientCredentials> {
  try {
    return checkCredentials({ ...(await provider()) }, 'The credentials function');
  } catch (error) {
    if (error instanceof TokenClientError) throw error;
    const reason = reasonOf(error);
    throw new TokenClientError('ERR_CREDENTIALS_UNAVAILABLE', `Reason: ${reason ?? 'unknown'}.`, {
      isRetryable: mayPass(error),
      details: { reason },
      // Errors of AWS never quote a secret; those of a caller's own function might.
      cause: isAwsError(error) ? error : undefined,
    });
  }
}

/** The credentials in use. */
interface CredentialSource {
  /**
   * The credentials, read once.
   *
   * @throws {TokenClientError} `ERR_CREDENTIALS_…`; for some seconds also the refusal that `refused` returned.
   */
  current(): Promise<ClientCredentials>;
  /** Notes that the issuer accepted them: a later refusal means that the secret was rotated. */
  accepted(): void;
  /**
   * Reads the secret again, once for all callers, after the issuer did not accept it.
   *
   * @returns The newer credentials, or `undefined` if they are the same: the refusal stands.
   */
  refused(
    credentials: ClientCredentials,
    refusal: TokenClientError,
  ): Promise<ClientCredentials | undefined>;
}

function isSame(a: ClientCredentials, b: ClientCredentials): boolean {
  return a.clientId === b.clientId && a.clientSecret === b.clientSecret;
}
