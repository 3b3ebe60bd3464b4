import { readBearerToken } from './bearer-token.ts';
import { invalidOption, isVerifyError, type VerifyError } from './errors.ts';
import { type HttpAnswer, toHttpAnswer } from './http-answer.ts';
import type { VerifiedToken } from './verified-token.ts';
import type { Verifier } from './verifier.ts';
import type { ScopeCheck } from './verifier-options.ts';

/** Options of every guard. */
export interface GuardOptions {
  /** Called for every request that is not let in, to log or count it; the error holds no part of a token. @default nothing */
  readonly onRefused?: (error: VerifyError) => void;
}

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

/** Creates the part of a guard that all frameworks share. */
export function createGuard<Claims>(
  verifier: Verifier<Claims>,
  { onRefused }: GuardOptions = {},
): Guard<Claims> {
  const tokens = new WeakMap<object, VerifiedToken<Claims>>();
  return {
    async check(request, authorization, scopes) {
      try {
        tokens.set(request, await verifier.verify(readBearerToken(authorization), { scopes }));
        return undefined;
      } catch (error) {
        const answer = isVerifyError(error) ? toHttpAnswer(error, scopes) : undefined;
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
