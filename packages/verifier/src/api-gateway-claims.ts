import { type ClaimsOf, type Contract, contract as teamContract } from '@cognito-m2m/claim-schema';
import { invalidOption, VerifyError } from './errors.ts';
import { createClaimsReader } from './read-claims.ts';
import { createRenderedClaimReader, type Rendering } from './rendered-claim.ts';

/** What API Gateway says about a caller. */
export interface GatewayCaller<Claims> {
  readonly claims: Claims;
  readonly clientId: string;
  readonly scopes: readonly string[];
}

/** The parts of an event that are read. */
export interface GatewayEvent {
  readonly requestContext?: { readonly authorizer?: unknown };
}

/** Options of a reader. */
export interface GatewayClaimsOptions<C extends Contract, R extends keyof C & string> {
  /**
   * Who wrote the claims: the Cognito authorizer of a REST API (`rest`), the JWT authorizer of an HTTP API (`http`), or
   * `createGatewayAuthorizer` of this package (`authorizer`), which loses nothing.
   */
  readonly rendering: Rendering | 'authorizer';
  /** The claims that this service reads; others are not looked at. */
  readonly reads: readonly R[];
  /** Lists of texts whose elements are never empty and hold no blank and no comma: your promise. @default none */
  readonly plainLists?: readonly R[];
  /** The claim contract. @default the contract of `@cognito-m2m/claim-schema` */
  readonly contract?: C;
}

/**
 * Creates a reader of claims as API Gateway hands them to a function.
 *
 * API Gateway has verified the token; the claims are checked against the contract here.
 *
 * @returns The reader. It throws `ERR_TOKEN_MISSING` for an event without claims (a route without the authorizer),
 *   `ERR_TOKEN_CLAIM_MISSING`, `ERR_TOKEN_CLAIM_INVALID`, and `ERR_CLAIM_AMBIGUOUS` for a number beyond 2^53.
 * @throws {VerifyError} `ERR_VERIFIER_OPTIONS` for a claim that can't be read back from such a rendering, at once.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-jwt-authorizer.html
 */
export function createGatewayClaimsReader<
  const R extends keyof C & string,
  const C extends Contract = typeof teamContract,
>(
  options: GatewayClaimsOptions<C, R>,
): (event: GatewayEvent) => GatewayCaller<Pick<ClaimsOf<C>, R & keyof ClaimsOf<C>>> {
  const contract = pickClaims(options.contract ?? teamContract, options.reads);
  const readClaims = createClaimsReader(contract);
  const readPayload =
    options.rendering === 'authorizer' ? parseContext : createDecoder(contract, options);
  return ({ requestContext }) => {
    const { claims, clientId, scopes } = readPayload(toObject(requestContext?.authorizer));
    if (typeof clientId !== 'string') throw missing();
    return {
      claims: readClaims(claims) as Pick<ClaimsOf<C>, R & keyof ClaimsOf<C>>,
      clientId,
      scopes: String(scopes ?? '')
        .split(' ')
        .filter((scope) => scope !== ''),
    };
  };
}

type Json = { readonly [name: string]: unknown };

interface RawCaller {
  readonly claims: Json;
  readonly clientId: unknown;
  readonly scopes: unknown;
}

function pickClaims(contract: Contract, names: readonly string[]): Contract {
  const unknown = names.filter((name) => !Object.hasOwn(contract, name));
  if (unknown.length > 0) throw invalidOption(`Not in the contract: ${unknown.join(', ')}.`);
  return Object.fromEntries(Object.entries(contract).filter(([name]) => names.includes(name)));
}

function createDecoder(
  contract: Contract,
  { rendering, plainLists = [] }: GatewayClaimsOptions<Contract, string>,
): (authorizer: Json) => RawCaller {
  const readers = Object.entries(contract).map(([name, definition]) => {
    const isPlainList = plainLists.includes(name);
    const options = { rendering: rendering as Rendering, isPlainList };
    const read = createRenderedClaimReader(name, definition, options);
    if (read !== undefined) return [name, read] as const;
    const advice = 'see "plainLists", or hand it on with createGatewayAuthorizer';
    throw invalidOption(`"${name}" (${definition.type}) does not survive API Gateway: ${advice}.`);
  });
  return (authorizer) => {
    const { claims } = rendering === 'http' ? toObject(authorizer['jwt']) : authorizer;
    const rendered = toObject(claims);
    const decoded = readers.flatMap(([name, read]) => {
      const value = Object.hasOwn(rendered, name) ? rendered[name] : undefined;
      return value === undefined ? [] : [[name, typeof value === 'string' ? read(value) : value]];
    });
    const { client_id: clientId, scope: scopes } = rendered;
    return { claims: Object.fromEntries(decoded), clientId, scopes };
  };
}

// HTTP APIs put what an authorizer says under "lambda", REST APIs do not.
function parseContext(authorizer: Json): RawCaller {
  const { claims, clientId, scopes } = toObject(authorizer['lambda'] ?? authorizer);
  if (typeof claims !== 'string') throw missing();
  return { claims: toObject(JSON.parse(claims)), clientId, scopes };
}

function toObject(value: unknown): Json {
  if (typeof value === 'object' && value !== null) return value as Json;
  throw missing();
}

function missing(): VerifyError {
  const detail = 'API Gateway handed on no claims: does the route have its authorizer?';
  return new VerifyError('ERR_TOKEN_MISSING', { detail });
}
