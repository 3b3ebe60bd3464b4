import { readBearerToken } from './bearer-token.ts';
import { invalidOption, isVerifyError, type VerifyError } from './errors.ts';
import { type HttpAnswer, toHttpAnswer } from './http-answer.ts';
import type { VerifiedToken } from './verified-token.ts';
import type { Verifier } from './verifier.ts';
import type { ScopeCheck } from './verifier-options.ts';

/** What guards and authorizers have in common. */
export interface RefusalOptions {
  /** Called for every request that is not let in, to log or count it; the error holds no part of a token. @default nothing */
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
