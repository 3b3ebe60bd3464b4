import type { CognitoBehaviour } from '../model/behaviour.ts';
import { fail, type Outcome, succeed } from '../model/outcome.ts';
import type { KeyProvider } from '../pools/signing-keys.ts';
import type { UserPool } from '../pools/user-pool.ts';
import { type Customization, customizeToken } from '../trigger/token-customization.ts';
import { readTriggerAnswer } from '../trigger/trigger-answer.ts';
import type { TriggerFailure, TriggerResult, TriggerRunner } from '../trigger/trigger-call.ts';
import { type TokenRequest, toTriggerEvent } from '../trigger/trigger-event.ts';
import { type AccessTokenPayload, toAccessTokenPayload } from './token-content.ts';

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
