import type { ClaimDefinition, ClaimsOf, Contract } from '@cognito-m2m/claim-schema';
import { checkClientIds, checkTokenChecks } from './check-options.ts';
import { checkCaller, splitScopes } from './check-token.ts';
import { invalidOption, VerifyError } from './errors.ts';
import { claimError, createClaimsReader } from './read-claims.ts';
import type { PoolOptions, TokenChecks } from './verifier-options.ts';

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

interface ReadOptions<N extends string> {
  /** The claims that this service reads; others are not looked at. */
  readonly reads: readonly N[];
}

/** Options of a reader behind `createGatewayAuthorizer` of this package, which loses nothing and has checked the caller. */
export interface ContextOptions<N extends string> extends ReadOptions<N> {
  readonly rendering: 'authorizer';
}

/** Options of a reader behind an authorizer of API Gateway's own, which checks neither use nor grant. */
export interface RenderedOptions<N extends string> extends ReadOptions<N>, TokenChecks {
  /** The Cognito authorizer of a REST API (`rest`), or the JWT authorizer of an HTTP API in either payload format (`http`). */
  readonly rendering: Rendering;
  /** The app clients that may call, by id. `null` takes every client that the authorizer does. */
  readonly clientIds: PoolOptions['clientIds'];
  /** Lists of strings whose elements are never empty and contain no space and no comma: your promise. @default none */
  readonly plainLists?: readonly N[];
}

/** Options of a reader under a contract that is known already, by who wrote the claims. */
export type BoundGatewayClaimsOptions<N extends string> = ContextOptions<N> | RenderedOptions<N>;

/** Options of a reader. */
export type GatewayClaimsOptions<
  C extends Contract,
  N extends keyof C & string,
> = BoundGatewayClaimsOptions<N> & {
  /** The claim contract that the pools issue tokens under. */
  readonly contract: C;
};

/** `createGatewayClaimsReader` under a contract that is known already. */
export type BoundGatewayClaimsReader<C extends Contract> = <const N extends keyof C & string>(
  options: BoundGatewayClaimsOptions<N>,
) => (event: GatewayEvent) => GatewayCaller<Pick<ClaimsOf<C>, N & keyof ClaimsOf<C>>>;

/**
 * Creates a reader of claims as API Gateway hands them to a function.
 *
 * API Gateway has verified the token; who calls, and the claims against the contract, are checked here.
 *
 * @returns The reader. It throws `ERR_TOKEN_MISSING` for an event without claims (a route without the authorizer),
 *   `ERR_TOKEN_USE`, `ERR_TOKEN_GRANT`, `ERR_TOKEN_CLIENT`, `ERR_TOKEN_CLAIM_MISSING`, `ERR_TOKEN_CLAIM_INVALID`, and
 *   `ERR_CLAIM_AMBIGUOUS` for a number beyond 2^53 and for a list that is not as plain as promised.
 * @throws {VerifyError} `ERR_VERIFIER_OPTIONS` for a claim that can't be read back from such a rendering, at once.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-jwt-authorizer.html
 * @example
 * ```ts
 * import { createGatewayClaimsReader } from '@cognito-m2m/verifier/api-gateway-claims';
 * import type { APIGatewayProxyEventV2WithJWTAuthorizer } from 'aws-lambda';
 * import { contract } from './claim-contract.js';
 *
 * const readCaller = createGatewayClaimsReader({
 *   contract,
 *   rendering: 'http',
 *   tokenUse: 'access',
 *   grant: 'client_credentials',
 *   clientIds: null,
 *   reads: ['tier'],
 * });
 *
 * export const handler = async (event: APIGatewayProxyEventV2WithJWTAuthorizer) => ({
 *   tier: readCaller(event).claims.tier ?? 'free',
 * });
 * ```
 */
export function createGatewayClaimsReader<
  const C extends Contract,
  const N extends keyof C & string,
>(
  options: GatewayClaimsOptions<C, N>,
): (event: GatewayEvent) => GatewayCaller<Pick<ClaimsOf<C>, N & keyof ClaimsOf<C>>> {
  const { contract } = options;
  const readClaims = createClaimsReader(contract, options);
  const readCaller =
    options.rendering === 'authorizer' ? readContext : createDecoder(contract, options);
  return ({ requestContext }) => {
    const { claims, clientId, scopes } = readCaller(toObject(requestContext?.authorizer));
    // Each claim was checked against the contract that `C` is the type of.
    const typed = readClaims(claims) as Pick<ClaimsOf<C>, N & keyof ClaimsOf<C>>;
    return { claims: typed, clientId, scopes };
  };
}

type Json = { readonly [name: string]: unknown };

function createDecoder(
  contract: Contract,
  options: RenderedOptions<string>,
): (authorizer: Json) => GatewayCaller<Json> {
  const { rendering, clientIds } = options;
  if (rendering !== 'rest' && rendering !== 'http') {
    throw invalidOption('"rendering" must be "rest", "http" or "authorizer".');
  }
  checkTokenChecks(options);
  checkClientIds(clientIds);
  const checks = { ...options, clientIds: clientIds === null ? undefined : new Set(clientIds) };
  const decode = createClaimsDecoder(contract, options);
  return (authorizer) => {
    const rendered = toObject(findRendered(authorizer, rendering));
    const clientId = checkCaller(rendered, checks);
    return { claims: decode(rendered), clientId, scopes: splitScopes(rendered['scope']) };
  };
}

// HTTP APIs put the claims under "jwt" in payload format 2.0 only. @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
function findRendered(authorizer: Json, rendering: Rendering): unknown {
  const { jwt, claims } = authorizer;
  return rendering === 'http' && jwt !== undefined && jwt !== null
    ? toObject(jwt)['claims']
    : claims;
}

function createClaimsDecoder(
  contract: Contract,
  { reads, rendering, plainLists = [] }: RenderedOptions<string>,
): (rendered: Json) => Json {
  const readers = Object.entries(contract).flatMap(([name, definition]) => {
    if (!reads.includes(name)) return [];
    const isPlainList = plainLists.includes(name);
    const read = createRenderedClaimReader(name, definition, { rendering, isPlainList });
    if (read !== undefined) return [[name, read] as const];
    const advice = 'see "plainLists", or hand it on with createGatewayAuthorizer';
    throw invalidOption(`"${name}" (${definition.type}) does not survive API Gateway: ${advice}.`);
  });
  return (rendered) => {
    const decoded = readers.flatMap(([name, read]) => {
      const value = Object.hasOwn(rendered, name) ? rendered[name] : undefined;
      return value === undefined ? [] : [[name, typeof value === 'string' ? read(value) : value]];
    });
    return Object.fromEntries(decoded);
  };
}

// HTTP APIs put what an authorizer says under "lambda", REST APIs do not.
function readContext(authorizer: Json): GatewayCaller<Json> {
  const { claims, clientId, scopes } = toObject(authorizer['lambda'] ?? authorizer);
  if (typeof claims !== 'string' || typeof clientId !== 'string') throw missing();
  return { claims: parseClaims(claims), clientId, scopes: splitScopes(scopes) };
}

function parseClaims(text: string): Json {
  try {
    return toObject(JSON.parse(text));
  } catch {
    // The parser's own message would quote a claim.
    throw missing();
  }
}

function toObject(value: unknown): Json {
  if (typeof value === 'object' && value !== null) return value as Json;
  throw missing();
}

function missing(): VerifyError {
  const detail = 'API Gateway handed on no claims: does the route have its authorizer?';
  return new VerifyError('ERR_TOKEN_MISSING', { detail });
}

/** How an authorizer of API Gateway writes claims: of REST APIs, of HTTP APIs. */
type Rendering = 'rest' | 'http';

/** Reads one claim back from the text that API Gateway made of it; text that does not fit comes back as it is. */
type RenderedClaimReader = (text: string) => unknown;

const NUMBER = /^-?\d+(?:\.\d+)?(?:e[+-]?\d+)?$/i;

/**
 * Creates the reader of one claim.
 *
 * A REST authorizer joins the elements of an array with commas, an HTTP one writes `[a b]`.
 *
 * @param isPlainList - True if somebody promises that no element is empty, holds a space or a comma, or begins or ends with a
 *   bracket; the reader throws `ERR_CLAIM_AMBIGUOUS` where it sees that the promise is not kept.
 * @returns `undefined` for a claim that can't be read back: an object, and a list of strings that may hold the separator.
 */
function createRenderedClaimReader(
  claim: string,
  definition: ClaimDefinition,
  { rendering, isPlainList }: { rendering: Rendering; isPlainList: boolean },
): RenderedClaimReader | undefined {
  const { type, values } = definition;
  if (type === 'object') return undefined;
  const readScalar = scalarReader(claim, type.replace('[]', ''));
  if (!type.endsWith('[]')) return readScalar;
  const isPlain = isPlainList || type !== 'string[]' || (values?.every(isPlainElement) ?? false);
  if (!isPlain) return undefined;
  return (text) => {
    const elements = splitList(text, rendering);
    // The element was several, was empty, or is the list of another kind of API: the promise was not kept.
    if (elements?.every(isPlainElement) === false) throw claimError('ERR_CLAIM_AMBIGUOUS', claim);
    return elements?.map(readScalar) ?? text;
  };
}

/** True for an element that shows where it begins and ends in both renderings. */
function isPlainElement(value: string | number): boolean {
  return /^(?!\[)[^\s,]+(?<!\])$/.test(String(value));
}

function scalarReader(claim: string, type: string): RenderedClaimReader {
  if (type === 'string') return (text) => text;
  if (type === 'boolean')
    return (text) => (text === 'true' ? true : text === 'false' ? false : text);
  return (text) => {
    if (!NUMBER.test(text)) return text;
    const value = Number(text);
    // The digits that were rounded away may have been another number's.
    if (Math.abs(value) > Number.MAX_SAFE_INTEGER) throw claimError('ERR_CLAIM_AMBIGUOUS', claim);
    return value;
  };
}

function splitList(text: string, rendering: Rendering): string[] | undefined {
  if (rendering === 'rest') return text === '' ? [] : text.split(',');
  const inner = /^\[(.*)\]$/s.exec(text)?.[1];
  if (inner === undefined) return undefined;
  return inner === '' ? [] : inner.split(' ');
}
