import { findAuthorization, type RequestHeaders } from './bearer-token.ts';
import { assertScopeCheck } from './check-token.ts';
import { createGuard, type GuardOptions, type HttpAnswer } from './guard.ts';
import type { VerifiedToken } from './verified-token.ts';
import type { Verifier } from './verifier.ts';
import type { ScopeCheck } from './verifier-options.ts';

/** The parts of a Middy request that are read. The context is what the handler gets as its second argument. */
export interface MiddyRequestLike {
  readonly event: {
    readonly headers?: RequestHeaders | null | undefined;
    /** Every value of each header; instead of `headers` from a load balancer with multi-value headers. */
    readonly multiValueHeaders?: RequestHeaders | null | undefined;
  };
  readonly context: object;
}

/** What API Gateway and load balancers take as the answer of a function: headers of the kind that the event had. */
export type LambdaAnswer = { readonly statusCode: number; readonly body: string } & (
  | { readonly headers: { readonly [name: string]: string } }
  | { readonly multiValueHeaders: { readonly [name: string]: readonly string[] } }
);

/** Checks the tokens of requests that reach a function through API Gateway, a function URL or a load balancer. */
export interface MiddyGuard<Claims> {
  /** Makes the middleware that needs these scopes; it answers a refused request itself. */
  require(scopes: ScopeCheck): {
    before(request: MiddyRequestLike): Promise<LambdaAnswer | undefined>;
  };
  /** The verified token of an invocation; throws in a handler without the middleware. */
  tokenOf(context: object): VerifiedToken<Claims>;
}

/**
 * Creates the guard of one function.
 *
 * @throws {VerifyError} `ERR_VERIFIER_OPTIONS` for a realm that cannot be quoted.
 * @example
 * ```ts
 * import { createMiddyGuard } from '@cognito-m2m/verifier/middy';
 * import middy from '@middy/core';
 * import type { APIGatewayProxyEventV2 } from 'aws-lambda';
 * import { verifier } from './verifier.js';
 *
 * const guard = createMiddyGuard(verifier);
 * export const handler = middy<APIGatewayProxyEventV2>()
 *   .use(guard.require({ all: ['orders/read'] }))
 *   .handler(async (_event, context) => ({
 *     statusCode: 200,
 *     body: guard.tokenOf(context).claims.tier ?? 'free',
 *   }));
 * ```
 */
export function createMiddyGuard<Claims>(
  verifier: Verifier<Claims>,
  options: GuardOptions = {},
): MiddyGuard<Claims> {
  const guard = createGuard(verifier, options);
  return {
    require(scopes) {
      assertScopeCheck(scopes);
      const before = async ({ event, context }: MiddyRequestLike) => {
        const authorization = findAuthorization(event.headers, event.multiValueHeaders);
        const answer = await guard.check(context, authorization, scopes);
        return answer && toLambdaAnswer(answer, event);
      };
      return { before };
    },
    tokenOf: guard.tokenOf,
  };
}

// A load balancer with multi-value headers leaves out the single ones, and takes no others in the answer.
// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/lambda-functions.html#multi-value-headers
function toLambdaAnswer(
  { statusCode, headers, body }: HttpAnswer,
  event: MiddyRequestLike['event'],
): LambdaAnswer {
  const single = { ...headers, 'content-type': 'application/json' };
  const answer = { statusCode, body: JSON.stringify(body) };
  if (event.headers || !event.multiValueHeaders) return { ...answer, headers: single };
  const lists = Object.entries(single).map(([name, value]) => [name, [value]]);
  return { ...answer, multiValueHeaders: Object.fromEntries(lists) };
}
