import { readBearerToken } from './bearer-token.ts';
import { invalidOption, isVerifyError, VERIFY_ERRORS, type VerifyError } from './errors.ts';
import type { VerifiedToken } from './verified-token.ts';
import type { Verifier } from './verifier.ts';
import type { ScopeCheck } from './verifier-options.ts';

/** What guards and authorizers have in common. */
export interface RefusalOptions {
  /** Called for each refused request, to log or count it; the error holds no part of a token. @default nothing */
  readonly onRefused?: (error: VerifyError) => void;
}

/** Options of every guard. */
export interface GuardOptions extends RefusalOptions {
  /** What the `WWW-Authenticate` challenge calls this API; printable ASCII without quotes and backslashes. @default api */
  readonly realm?: string;
}

/** What stands between quotes as it is. RFC 9110, section 5.6.4. */
const REALM = /^[ !#-[\]-~]+$/;

/** Checks requests of one framework and remembers what their tokens say. */
export interface Guard<Claims> {
  /**
   * Checks one request.
   *
   * @param request - Whatever stands for the request until it is answered; the key of `tokenOf`.
   * @returns `undefined` for a request to let in, or what to answer.
   * @throws {VerifyError} `ERR_VERIFIER_OPTIONS`.
   */
  check(
    request: object,
    authorization: string | undefined,
    scopes: ScopeCheck,
  ): Promise<HttpAnswer | undefined>;
  /**
   * Gives back the token of a request that was let in.
   *
   * @throws {VerifyError} `ERR_VERIFIER_OPTIONS` for a request that was never checked: its route has no guard.
   */
  tokenOf(request: object): VerifiedToken<Claims>;
}

/**
 * Creates the part of a guard that all frameworks share.
 *
 * @throws {VerifyError} `ERR_VERIFIER_OPTIONS` for a realm that can't be quoted.
 */
export function createGuard<Claims>(
  verifier: Verifier<Claims>,
  { onRefused, realm = 'api' }: GuardOptions = {},
): Guard<Claims> {
  if (!REALM.test(realm)) throw invalidOption('"realm" must be printable, without quotes.');
  const tokens = new WeakMap<object, VerifiedToken<Claims>>();
  return {
    async check(request, authorization, scopes) {
      try {
        tokens.set(request, await verifier.verify(readBearerToken(authorization), { scopes }));
        return undefined;
      } catch (error) {
        const answer = isVerifyError(error) ? toHttpAnswer(error, { scopes, realm }) : undefined;
        if (answer === undefined) throw error;
        onRefused?.(error as VerifyError);
        return answer;
      }
    },
    tokenOf(request) {
      const token = tokens.get(request);
      if (token === undefined) throw invalidOption('This route does not check tokens.');
      return token;
    },
  };
}

/** What an API answers to a request that it does not let in. */
export interface HttpAnswer {
  readonly statusCode: 401 | 403 | 502 | 503;
  readonly headers: { readonly [name: string]: string };
  readonly body: {
    /** The word of OAuth for it; a request without a token has done nothing wrong and gets none. */
    readonly error?: string;
    readonly code: string;
    readonly message: string;
  };
}

/** How long a caller waits before it tries again while the issuer is down, in seconds. */
const RETRY_AFTER_SECONDS = 1;

/**
 * Makes the answer to a token that was refused.
 *
 * The message names settings of the API and claims of the contract, never a part of the token.
 *
 * @param options.realm - What the challenge calls the API.
 * @returns `undefined` for an error that is not the request's fault: the framework answers it with 500.
 * @see https://www.rfc-editor.org/rfc/rfc6750#section-3
 */
function toHttpAnswer(
  { code, message }: VerifyError,
  { scopes, realm }: { readonly scopes: ScopeCheck; readonly realm: string },
): HttpAnswer | undefined {
  const { statusCode } = VERIFY_ERRORS[code];
  if (statusCode === 500) return undefined;
  // RFC 6750, section 3.1: no error for a request without a token, and a challenge is never a bare `Bearer`.
  const error = code === 'ERR_TOKEN_MISSING' ? undefined : ERROR_WORDS[statusCode];
  const body = error === undefined ? { code, message } : { error, code, message };
  if (statusCode === 502) return { statusCode, headers: {}, body };
  if (statusCode === 503) {
    return { statusCode, headers: { 'retry-after': String(RETRY_AFTER_SECONDS) }, body };
  }
  const parameters = [
    ['realm', realm],
    ['error', error],
    ['scope', statusCode === 403 ? (scopes?.all ?? scopes?.any)?.join(' ') : undefined],
  ].flatMap(([name, value]) => (value === undefined ? [] : [`${name}="${value}"`]));
  return { statusCode, headers: { 'www-authenticate': `Bearer ${parameters.join(', ')}` }, body };
}

/** RFC 6750, section 3.1, and RFC 6749, section 4.1.2.1. */
const ERROR_WORDS = {
  401: 'invalid_token',
  403: 'insufficient_scope',
  502: 'server_error',
  503: 'temporarily_unavailable',
} as const;
