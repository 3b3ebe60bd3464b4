import { randomUUID } from 'node:crypto';
import {
  isAllowedAudience,
  isReservedClaimName,
  isUnsuppressibleClaimName,
  MAX_CHANGES_PER_TOKEN,
} from '@cognito-m2m/claim-schema';
import type { CognitoBehaviour } from '../model/behaviour.ts';
import { fail, type Outcome, succeed } from '../model/outcome.ts';
import type { KeyProvider } from '../pools/signing-keys.ts';
import type { AppClient, UserPool } from '../pools/user-pool.ts';
import { readTriggerAnswer, type TokenChanges } from '../trigger/trigger-answer.ts';
import type { TriggerFailure, TriggerResult, TriggerRunner } from '../trigger/trigger-call.ts';

/** What issuing tokens needs from outside. */
export interface IssuerEdges {
  readonly keys: KeyProvider;
  /** The trigger of a pool, or `undefined` for a pool without one. */
  readonly triggerOf: (pool: UserPool) => TriggerRunner | undefined;
  readonly behaviour: CognitoBehaviour;
  /** What tokens hold as `iss`. @param host - The `Host` header of the request. */
  readonly issuerOf: (pool: UserPool, host?: string) => string;
  /** Epoch milliseconds. */
  readonly clock: () => number;
}

/** An access token and what it is made of. */
export interface IssuedToken {
  readonly accessToken: string;
  readonly expiresInSeconds: number;
  readonly payload: AccessTokenPayload;
  readonly scopes: readonly string[];
  /** Names of the claims that the trigger added. */
  readonly customClaims: readonly string[];
  /** Names of the reserved claims that the trigger tried to change. */
  readonly ignoredClaims: readonly string[];
}

/** Issues the access token of one request, trigger included. */
export async function issueToken(
  request: TokenRequest,
  edges: IssuerEdges,
): Promise<Outcome<IssuedToken, TriggerFailure>> {
  const custom = await runTrigger(request, edges);
  if (!custom.ok) return custom;
  const { claims, scopes, ignoredClaims } = custom.value;
  const { pool, client, host } = request;
  const payload = toAccessTokenPayload({
    clientId: client.clientId,
    issuer: edges.issuerOf(pool, host),
    scopes,
    claims,
    accessTokenMinutes: client.accessTokenMinutes,
    now: edges.clock(),
    behaviour: edges.behaviour,
  });
  const signAccessToken = await edges.keys.signer(pool);
  return succeed({
    accessToken: await signAccessToken(payload),
    expiresInSeconds: Math.round(client.accessTokenMinutes * 60),
    payload,
    scopes,
    customClaims: Object.keys(claims),
    ignoredClaims,
  });
}

async function runTrigger(
  request: TokenRequest,
  edges: IssuerEdges,
): Promise<Outcome<Customization, TriggerFailure>> {
  const { behaviour } = edges;
  const trigger = edges.triggerOf(request.pool);
  if (trigger === undefined) {
    return succeed({ claims: {}, scopes: request.scopes, ignoredClaims: [] });
  }
  const result = await callTrigger(trigger, request, behaviour);
  if (!result.ok) return fail(result.failure);
  const changes = readTriggerAnswer(result.value, behaviour);
  if (!changes.ok) return changes;
  return customizeToken(changes.value, request.scopes, request.client.clientId, behaviour);
}

async function callTrigger(
  trigger: TriggerRunner,
  request: TokenRequest,
  behaviour: CognitoBehaviour,
): Promise<TriggerResult> {
  const event = toTriggerEvent(request, behaviour);
  let result = await trigger.invoke(event);
  for (let attempt = 2; attempt <= behaviour.triggerAttempts; attempt += 1) {
    if (result.ok || result.failure.kind !== 'timed-out') break;
    result = await trigger.invoke(event);
  }
  return result;
}

/**
 * The messages that Amazon Cognito gives for a trigger that fails.
 */
export function toDescription(
  { kind, message }: TriggerFailure,
  { triggerTimeoutDescription }: CognitoBehaviour,
): string {
  if (kind === 'refused') return `PreTokenGeneration failed with error ${message}.`;
  if (kind === 'malformed-answer') return 'Unrecognizable lambda output';
  return triggerTimeoutDescription;
}

/** What a trigger changes once Amazon Cognito's own rules are applied. */
export interface Customization {
  readonly claims: { readonly [name: string]: unknown };
  readonly scopes: readonly string[];
  /** Reserved claims that the trigger tried to change. */
  readonly ignoredClaims: readonly string[];
}

/**
 * Applies a trigger's changes as Amazon Cognito does: reserved claims stay, suppressing beats adding, at most 5,000 changes.
 *
 * @param granted - The scopes before the trigger.
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-lambda-pre-token-generation.html
 */
export function customizeToken(
  changes: TokenChanges,
  granted: readonly string[],
  clientId: string,
  behaviour: CognitoBehaviour,
): Outcome<Customization, TriggerFailure> {
  const { claimsToAddOrOverride, claimsToSuppress, scopesToAdd, scopesToSuppress } = changes;
  const names = Object.keys(claimsToAddOrOverride);
  const count = [names, claimsToSuppress, scopesToAdd, scopesToSuppress].reduce(
    (sum, list) => sum + list.length,
    0,
  );
  if (behaviour.tooManyChanges === 'fail' && count > MAX_CHANGES_PER_TOKEN) {
    return refuse(`${count} changes, at most 5,000 are allowed`);
  }

  const forbidden = names.filter((name) =>
    isForbidden(name, claimsToAddOrOverride[name], clientId),
  );
  const ignoredClaims = [...forbidden, ...claimsToSuppress.filter(isUnsuppressibleClaimName)];
  if (behaviour.reservedClaims === 'fail' && ignoredClaims.length > 0) {
    return refuse(`reserved claims: ${ignoredClaims.join(', ')}`);
  }
  const isMalformed = scopesToAdd.some((scope) => !/^\S+$/.test(scope));
  if (behaviour.malformedScopes === 'fail' && isMalformed) {
    return refuse('a scope to add is empty or contains a space');
  }

  const suppressed = claimsToSuppress.filter((name) => !isUnsuppressibleClaimName(name));
  const left = new Set([...suppressed, ...forbidden]);
  return succeed({
    claims: left.size === 0 ? claimsToAddOrOverride : omit(claimsToAddOrOverride, left),
    scopes: changeScopes(granted, changes, behaviour),
    ignoredClaims,
  });
}

function omit(claims: TokenChanges['claimsToAddOrOverride'], names: ReadonlySet<string>) {
  return Object.fromEntries(Object.entries(claims).filter(([name]) => !names.has(name)));
}

function changeScopes(
  granted: readonly string[],
  { scopesToAdd, scopesToSuppress }: TokenChanges,
  { scopeAddedAndSuppressed }: CognitoBehaviour,
): readonly string[] {
  if (scopesToAdd.length === 0 && scopesToSuppress.length === 0) return granted;
  const added = scopesToAdd.filter((scope) => /^\S+$/.test(scope));
  const suppressed = new Set(scopesToSuppress);
  if (scopeAddedAndSuppressed === 'added') for (const scope of added) suppressed.delete(scope);
  return [...new Set([...granted, ...added])].filter((scope) => !suppressed.has(scope));
}

function isForbidden(name: string, value: unknown, clientId: string): boolean {
  if (name === 'aud') return !isAllowedAudience(value, clientId);
  return isReservedClaimName(name);
}

function refuse(problem: string): Outcome<never, TriggerFailure> {
  return fail({ kind: 'malformed-answer', message: problem });
}

/** What an access token is made of. */
interface AccessTokenContent {
  readonly clientId: string;
  readonly issuer: string;
  readonly scopes: readonly string[];
  /** The trigger's claims; none of them is reserved. */
  readonly claims: { readonly [name: string]: unknown };
  readonly accessTokenMinutes: number;
  /** Epoch milliseconds. */
  readonly now: number;
  readonly behaviour: Pick<CognitoBehaviour, 'customClaimsPosition' | 'scopeWhenNone'>;
}

/** The claims of an access token by name. */
type AccessTokenPayload = { readonly [name: string]: unknown };

/**
 * Builds the payload of a client-credentials access token: the documented claims in the documented order, and the trigger's.
 *
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-access-token.html
 */
function toAccessTokenPayload(content: AccessTokenContent): AccessTokenPayload {
  const { clientId, issuer, scopes, claims, accessTokenMinutes, now, behaviour } = content;
  const issuedAt = Math.floor(now / 1000);
  const position = behaviour.customClaimsPosition;
  // One literal, whose first members are its own: V8 copies claims into any other object fifty times slower.
  const payload: Record<string, unknown> = {
    ...(position === 'first' ? claims : undefined),
    sub: clientId,
    token_use: 'access',
    scope: scopes.join(' '),
    auth_time: issuedAt,
    iss: issuer,
    exp: issuedAt + Math.round(accessTokenMinutes * 60),
    iat: issuedAt,
    version: 2,
    jti: randomUUID(),
    client_id: clientId,
    ...(position === 'last' ? claims : undefined),
  };
  if (scopes.length === 0 && behaviour.scopeWhenNone === 'absent') delete payload['scope'];
  return payload;
}

/**
 * Decides which scopes are granted before the trigger runs.
 *
 * @param requested - What the caller asked for; an empty list asks for every scope of the client.
 * @returns The scopes in the order of the request unless `scopeOrder` says otherwise, or `undefined` if the client may not have one of them.
 */
export function grantScopes(
  requested: readonly string[],
  allowed: readonly string[],
  { scopeOrder }: Pick<CognitoBehaviour, 'scopeOrder'>,
): readonly string[] | undefined {
  if (requested.length === 0) return allowed;
  const distinct = [...new Set(requested)];
  if (!distinct.every((scope) => allowed.includes(scope))) return undefined;
  return scopeOrder === 'requested'
    ? distinct
    : allowed.filter((scope) => distinct.includes(scope));
}

/** The caller's metadata: strings by key. */
export type ClientMetadata = { readonly [key: string]: string };

/** One request for a token, after client authentication and scope rules. */
interface TokenRequest {
  readonly pool: UserPool;
  readonly client: AppClient;
  /** The scopes that are about to be granted. */
  readonly scopes: readonly string[];
  readonly metadata: ClientMetadata | undefined;
  /** The API through which the request came. */
  readonly via: 'oauth2/token' | 'GetClientToken';
  /** The `Host` header of the request. */
  readonly host: string | undefined;
}

/**
 * Builds the version 3 event that Amazon Cognito sends for client credentials, as JSON text.
 *
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/token-endpoint.html
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-lambda-pre-token-generation.html
 */
function toTriggerEvent(request: TokenRequest, behaviour: CognitoBehaviour): string {
  const { pool, client, scopes, metadata, via } = request;
  return JSON.stringify({
    version: '3',
    triggerSource:
      via === 'GetClientToken'
        ? behaviour.clientTokenTriggerSource
        : 'TokenGeneration_ClientCredentials',
    region: pool.region,
    userPoolId: pool.userPoolId,
    userName: 'ClientCredentials',
    callerContext: { awsSdkVersion: 'aws-sdk-unknown-unknown', clientId: client.clientId },
    request: {
      userAttributes: {},
      groupConfiguration: null,
      scopes,
      // An undefined member is absent from the JSON.
      clientMetadata: metadata ?? ABSENT_METADATA[behaviour.metadataWhenAbsent],
    },
    response: { claimsAndScopeOverrideDetails: null },
  });
}

const ABSENT_METADATA = { null: null, empty: {}, absent: undefined } as const;
