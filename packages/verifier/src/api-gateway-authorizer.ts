import { findAuthorization, type RequestHeaders, readBearerToken } from './bearer-token.ts';
import { assertScopeCheck } from './check-token.ts';
import { invalidOption, isVerifyError, VERIFY_ERRORS } from './errors.ts';
import type { RefusalOptions } from './guard.ts';
import type { VerifiedToken } from './verified-token.ts';
import type { Verifier } from './verifier.ts';
import type { ScopeCheck } from './verifier-options.ts';

/**
 * The parts of an authorizer's event that are read, of every kind: REST `TOKEN`, REST `REQUEST`, HTTP 1.0 and 2.0.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-lambda-authorizer.html
 */
export interface AuthorizerEvent {
  readonly authorizationToken?: string;
  readonly headers?: RequestHeaders | null;
  /** Every value of each header, in REST `REQUEST` events. */
  readonly multiValueHeaders?: RequestHeaders | null;
  /** What is called; HTTP APIs with the payload format 2.0 name it `routeArn`. */
  readonly methodArn?: string;
  readonly routeArn?: string;
}

/** What the function behind the authorizer receives. The claims are JSON, because API Gateway takes only flat values. */
export type AuthorizerContext = {
  readonly claims: string;
  readonly clientId: string;
  readonly scopes: string;
};

/** The answer in the form of an IAM policy. */
export interface PolicyAnswer {
  readonly principalId: string;
  readonly policyDocument: {
    readonly Version: '2012-10-17';
    readonly Statement: readonly {
      readonly Action: 'execute-api:Invoke';
      readonly Effect: 'Allow' | 'Deny';
      readonly Resource: string;
    }[];
  };
  readonly context?: AuthorizerContext;
}

/** The answer in the simple form of HTTP APIs. */
export interface SimpleAnswer {
  readonly isAuthorized: boolean;
  readonly context?: AuthorizerContext;
}

/** Options of an authorizer. */
export interface AuthorizerOptions<A extends 'policy' | 'simple'> extends RefusalOptions {
  /** The scopes that every route behind this authorizer needs. `null` skips the check. */
  readonly scopes: ScopeCheck;
  /** The form that API Gateway expects: a REST API takes only `'policy'`, an HTTP API what it was set to. */
  readonly answer: A;
}

/**
 * Creates the handler of a Lambda authorizer.
 *
 * A token that is refused ends in 401, one without the scope in 403, an issuer that can't be read in 500: API Gateway
 * knows no other answers. The policy covers the whole stage, since it is cached by token and not by route. What API Gateway
 * caches is not checked again: a token can outlive its expiry by the authorizer's TTL.
 *
 * @throws {VerifyError} `ERR_VERIFIER_OPTIONS`.
 * @example
 * ```ts
 * import { createGatewayAuthorizer } from '@cognito-m2m/verifier/api-gateway-authorizer';
 * import { verifier } from './verifier.js';
 *
 * export const handler = createGatewayAuthorizer(verifier, {
 *   scopes: { all: ['orders/read'] },
 *   answer: 'simple',
 * });
 * ```
 */
export function createGatewayAuthorizer<Claims, const A extends 'policy' | 'simple'>(
  verifier: Verifier<Claims>,
  { scopes, answer, onRefused }: AuthorizerOptions<A>,
): (event: AuthorizerEvent) => Promise<A extends 'policy' ? PolicyAnswer : SimpleAnswer> {
  assertScopeCheck(scopes);
  if (answer !== 'policy' && answer !== 'simple') {
    throw invalidOption('"answer" must be "policy" or "simple".');
  }
  type Answer = A extends 'policy' ? PolicyAnswer : SimpleAnswer;
  const decide = (event: AuthorizerEvent, token?: VerifiedToken<Claims>) =>
    (answer === 'policy' ? toPolicy(event, token) : toSimple(token)) as Answer;
  return async (event) => {
    try {
      const { authorizationToken: authorization, multiValueHeaders } = event;
      const headers = authorization === undefined ? event.headers : { authorization };
      const header = findAuthorization(headers, multiValueHeaders);
      return decide(event, await verifier.verify(readBearerToken(header), { scopes }));
    } catch (error) {
      if (!isVerifyError(error)) throw error;
      const { statusCode } = VERIFY_ERRORS[error.code];
      if (statusCode === 500) throw error;
      onRefused?.(error);
      if (statusCode === 403) return decide(event);
      if (statusCode !== 401) throw error;
      // The word that API Gateway turns into 401.
      throw new Error('Unauthorized');
    }
  };
}

function toPolicy(event: AuthorizerEvent, token?: VerifiedToken<unknown>): PolicyAnswer {
  const arn = event.methodArn ?? event.routeArn;
  if (arn === undefined) throw invalidOption('The event has no methodArn and no routeArn.');
  // arn:aws:execute-api:<region>:<account>:<api>/<stage>/<method>/<path>
  const stage = arn.split('/').slice(0, 2).join('/');
  const Effect = token === undefined ? 'Deny' : 'Allow';
  const Statement = [
    { Action: 'execute-api:Invoke' as const, Effect, Resource: `${stage}/*` },
  ] as const;
  return {
    principalId: token?.clientId ?? 'refused',
    policyDocument: { Version: '2012-10-17', Statement },
    ...(token && { context: toContext(token) }),
  };
}

function toSimple(token?: VerifiedToken<unknown>): SimpleAnswer {
  return token === undefined
    ? { isAuthorized: false }
    : { isAuthorized: true, context: toContext(token) };
}

function toContext({ claims, clientId, scopes }: VerifiedToken<unknown>): AuthorizerContext {
  return { claims: JSON.stringify(claims), clientId, scopes: scopes.join(' ') };
}
