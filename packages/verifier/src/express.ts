import { findAuthorization, type RequestHeaders } from './bearer-token.ts';
import { assertScopeCheck } from './check-token.ts';
import { createGuard, type GuardOptions } from './guard.ts';
import type { VerifiedToken } from './verified-token.ts';
import type { Verifier } from './verifier.ts';
import type { ScopeCheck } from './verifier-options.ts';

/** The parts of an Express request that are read. */
export interface ExpressRequestLike {
  readonly headers: RequestHeaders;
  /** Node's own: every value of each header. */
  readonly headersDistinct?: RequestHeaders;
}

/** The parts of an Express response that are used. */
export interface ExpressResponseLike {
  status(statusCode: number): unknown;
  set(headers: { [name: string]: string }): unknown;
  json(body: unknown): unknown;
}

/** Checks the tokens of an Express application's routes. */
export interface ExpressGuard<Claims> {
  /** Makes the middleware of a route that needs these scopes. */
  require(
    scopes: ScopeCheck,
  ): (
    request: ExpressRequestLike,
    response: ExpressResponseLike,
    next: (error?: unknown) => void,
  ) => void;
  /** The verified token of a request; throws on a route without the middleware. */
  tokenOf(request: ExpressRequestLike): VerifiedToken<Claims>;
}

/**
 * Creates the guard of an Express application, version 4 or 5.
 *
 * @throws {VerifyError} `ERR_VERIFIER_OPTIONS` for a realm that cannot be quoted.
 * @example
 * ```ts
 * import { createExpressGuard } from '@cognito-m2m/verifier/express';
 * import { verifier } from './verifier.js';
 *
 * const guard = createExpressGuard(verifier);
 * export const requireReader = guard.require({ all: ['orders/read'] });
 * // app.get('/orders', requireReader, (request, response) => {
 * //   response.json({ tier: guard.tokenOf(request).claims.tier });
 * // });
 * ```
 */
export function createExpressGuard<Claims>(
  verifier: Verifier<Claims>,
  options: GuardOptions = {},
): ExpressGuard<Claims> {
  const guard = createGuard(verifier, options);
  return {
    require(scopes) {
      assertScopeCheck(scopes);
      return (request, response, next) => {
        const authorization = findAuthorization(request.headers, request.headersDistinct);
        guard
          .check(request, authorization, scopes)
          .then((answer) => {
            if (answer === undefined) return next();
            response.status(answer.statusCode);
            response.set(answer.headers);
            response.json(answer.body);
          })
          // What Express throws, too: the application may have answered while the keys were read.
          .catch(next);
      };
    },
    tokenOf: guard.tokenOf,
  };
}
