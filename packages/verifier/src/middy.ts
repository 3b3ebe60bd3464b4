import { findAuthorization, type RequestHeaders } from './bearer-token.ts';
import { assertScopeCheck } from './check-scopes.ts';
import { createGuard, type GuardOptions } from './guard.ts';
import type { VerifiedToken } from './verified-token.ts';
import type { Verifier } from './verifier.ts';
import type { ScopeCheck } from './verifier-options.ts';

/** The parts of a Middy request that are read. The context is what the handler gets as its second argument. */
export interface MiddyRequestLike {
  readonly event: { readonly headers?: RequestHeaders | null | undefined };
  readonly context: object;
}

/** What API Gateway and load balancers take as the answer of a function. */
export interface LambdaAnswer {
  readonly statusCode: number;
  readonly headers: { readonly [name: string]: string };
  readonly body: string;
}

/** Checks the tokens of requests that reach a function through API Gateway, a function URL or a load balancer. */
export interface MiddyGuard<Claims> {
  /** Makes the middleware that needs these scopes; it answers a refused request itself. */
  require(scopes: ScopeCheck): {
    before(request: MiddyRequestLike): Promise<LambdaAnswer | undefined>;
  };
  /** The verified token of an invocation; throws in a handler without the middleware. */
  tokenOf(context: object): VerifiedToken<Claims>;
}

/** Creates the guard of one function. */
export function createMiddyGuard<Claims>(
  verifier: Verifier<Claims>,
  options: GuardOptions = {},
): MiddyGuard<Claims> {
  const guard = createGuard(verifier, options);
  return {
    require(scopes) {
      assertScopeCheck(scopes);
      const before = async ({ event, context }: MiddyRequestLike) => {
        const answer = await guard.check(context, findAuthorization(event.headers), scopes);
        if (answer === undefined) return undefined;
        const headers = { ...answer.headers, 'content-type': 'application/json' };
        return { ...answer, headers, body: JSON.stringify(answer.body) };
      };
      return { before };
    },
    tokenOf: guard.tokenOf,
  };
}
