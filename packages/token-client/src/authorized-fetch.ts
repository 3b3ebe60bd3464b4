import { isTokenClientError } from './errors.ts';
import { invalidOption } from './request-token.ts';
import type { TokenCache } from './token-cache.ts';
import type { TokenRequest } from './token-request.ts';

/** Which requests get which token. */
export interface AuthorizedFetchOptions
  extends Pick<TokenRequest, 'scopes' | 'metadata' | 'timeoutMs'> {
  /** Origins that get the token, such as `https://api.example.com`; requests to others are sent without it. */
  readonly origins: readonly string[];
}

type Fetch = typeof globalThis.fetch;

/** As browsers and Node.js do. https://fetch.spec.whatwg.org/#http-redirect-fetch */
const MAX_REDIRECTS = 20;

const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/** Creates a `fetch` that adds tokens. */
export function createAuthorizedFetch(
  cache: TokenCache,
  fetch: Fetch,
  options: AuthorizedFetchOptions,
): Fetch {
  const origins = readOrigins(options.origins);
  const { scopes, metadata, timeoutMs } = options;
  return async (input, init) => {
    let request = new Request(input, init);
    const { redirect, signal } = request;
    const wanted = { scopes, metadata, timeoutMs, signal };
    for (let hop = 0; ; hop++) {
      const isNamed = origins.has(new URL(request.url).origin);
      const next = request;
      const response = isNamed
        ? await callWithToken(cache, fetch, { request, wanted })
        : await fetch(new Request(withoutToken(next.clone(), hop), { redirect: 'manual' }));
      const location = response.headers.get('location');
      if (redirect === 'manual' || location === null || !REDIRECTS.has(response.status)) {
        return response;
      }
      await response.body?.cancel();
      if (redirect === 'error' || hop === MAX_REDIRECTS) {
        throw new TypeError(redirect === 'error' ? 'unexpected redirect' : 'too many redirects');
      }
      request = follow(request, response.status, new URL(location, request.url));
    }
  };
}

/** A request whose token is looked up. */
interface AuthorizedCall {
  readonly request: Request;
  readonly wanted: TokenRequest;
}

async function callWithToken(
  cache: TokenCache,
  fetch: Fetch,
  { request, wanted }: AuthorizedCall,
): Promise<Response> {
  const { accessToken } = await cache.get(wanted);
  const response = await fetch(authorize(request, accessToken));
  if (response.status !== 401 || !cache.reject(wanted, accessToken)) return response;
  // Without a newer token the answer stands; it says more than why there is none.
  const newer = await cache.get(wanted).catch((error: unknown) => {
    if (isTokenClientError(error)) return undefined;
    throw error;
  });
  if (newer === undefined || newer.accessToken === accessToken) return response;
  await response.body?.cancel();
  return fetch(authorize(request, newer.accessToken));
}

// A copy each time: a body can be sent only once.
function authorize(request: Request, accessToken: string): Request {
  const copy = new Request(request.clone(), { redirect: 'manual' });
  copy.headers.set('authorization', `Bearer ${accessToken}`);
  return copy;
}

// What the caller put there is the caller's; after a redirect to another origin it goes nowhere.
function withoutToken(request: Request, hop: number): Request {
  if (hop > 0) request.headers.delete('authorization');
  return request;
}

/** The next request of a redirect. https://fetch.spec.whatwg.org/#http-redirect-fetch */
function follow(request: Request, status: number, url: URL): Request {
  const { method, headers, signal, body } = request;
  const isPost = method === 'POST' && (status === 301 || status === 302);
  const isGet = isPost || (status === 303 && method !== 'GET' && method !== 'HEAD');
  const next = new Headers(headers);
  if (new URL(request.url).origin !== url.origin) {
    for (const name of ['authorization', 'cookie', 'host', 'proxy-authorization'])
      next.delete(name);
  }
  if (!isGet) {
    const sent = body === null ? {} : { body, duplex: 'half' as const };
    return new Request(url, { method, headers: next, signal, redirect: 'manual', ...sent });
  }
  for (const name of [
    'content-encoding',
    'content-language',
    'content-length',
    'content-location',
    'content-type',
  ]) {
    next.delete(name);
  }
  return new Request(url, { method: 'GET', headers: next, signal, redirect: 'manual' });
}

function readOrigins(origins: readonly string[]): ReadonlySet<string> {
  const faults = (Array.isArray(origins) ? origins : []).flatMap((origin: unknown) =>
    typeof origin === 'string' && URL.canParse(origin) && isOrigin(new URL(origin))
      ? []
      : [`"${String(origin)}" is not an origin, such as "https://api.example.com".`],
  );
  if (!Array.isArray(origins) || origins.length === 0) {
    faults.push('"origins" must list at least one origin.');
  }
  if (faults.length > 0) throw invalidOption(faults.join(' '));
  return new Set(origins.map((origin) => new URL(origin).origin));
}

// A path would suggest a limit that is not there.
function isOrigin({ protocol, pathname, search, hash, username, password }: URL): boolean {
  const isHttp = protocol === 'https:' || protocol === 'http:';
  return isHttp && pathname === '/' && `${search}${hash}${username}${password}` === '';
}
