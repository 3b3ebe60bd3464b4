import { findAuthorization, type RequestHeaders } from './bearer-token.ts';
import { assertScopeCheck } from './check-token.ts';
import { createGuard, type GuardOptions } from './guard.ts';
import type { VerifiedToken } from './verified-token.ts';
import type { Verifier } from './verifier.ts';
import type { ScopeCheck } from './verifier-options.ts';

/** The parts of a Fastify request that are read. */
export interface FastifyRequestLike {
  readonly headers: RequestHeaders;
  /** Node's own request: every value of each header. */
  readonly raw?: { readonly headersDistinct?: RequestHeaders };
}

/** The parts of a Fastify reply that are used. */
export interface FastifyReplyLike {
  code(statusCode: number): unknown;
  headers(values: { [name: string]: string }): unknown;
  send(body: unknown): unknown;
}

/** Checks the tokens of a Fastify application's routes. */
export interface FastifyGuard<Claims> {
  /** Makes the `onRequest` hook of a route that needs these scopes. */
  require(
    scopes: ScopeCheck,
  ): (request: FastifyRequestLike, reply: FastifyReplyLike) => Promise<unknown>;
  /** The verified token of a request; throws on a route without the hook. */
  tokenOf(request: FastifyRequestLike): VerifiedToken<Claims>;
}

/**
 * Creates the guard of a Fastify application.
 *
 * @throws {VerifyError} `ERR_VERIFIER_OPTIONS` for a realm that cannot be quoted.
 * @example
 * ```ts
 * import { createFastifyGuard } from '@cognito-m2m/verifier/fastify';
 * import fastify from 'fastify';
 * import { verifier } from './verifier.js';
 *
 * const guard = createFastifyGuard(verifier);
 * const app = fastify();
 * app.get('/orders', { onRequest: guard.require({ all: ['orders/read'] }) }, (request) => ({
 *   tier: guard.tokenOf(request).claims.tier,
 * }));
 * ```
 */
export function createFastifyGuard<Claims>(
  verifier: Verifier<Claims>,
  options: GuardOptions = {},
): FastifyGuard<Claims> {
  const guard = createGuard(verifier, options);
  return {
    require(scopes) {
      assertScopeCheck(scopes);
      return async (request, reply) => {
        const authorization = findAuthorization(request.headers, request.raw?.headersDistinct);
        const answer = await guard.check(request, authorization, scopes);
        if (answer === undefined) return undefined;
        reply.code(answer.statusCode);
        reply.headers(answer.headers);
        return reply.send(answer.body);
      };
    },
    tokenOf: guard.tokenOf,
  };
}
