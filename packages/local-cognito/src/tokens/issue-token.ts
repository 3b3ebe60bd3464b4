import type { CognitoBehaviour } from '../behaviour.ts';
import type { KeyProvider } from '../pools/signing-keys.ts';
import type { UserPool } from '../pools/user-pool.ts';
import { customizeToken } from '../trigger/token-customization.ts';
import { readTriggerAnswer } from '../trigger/trigger-answer.ts';
import { type TokenRequest, toTriggerEvent } from '../trigger/trigger-event.ts';
import type { TriggerResult, TriggerRunner } from '../trigger/trigger-result.ts';
import { type AccessTokenPayload, toAccessTokenPayload } from './access-token.ts';

/** What issuing tokens needs from outside. */
export interface IssuerEdges {
  readonly keys: KeyProvider;
  /** The trigger, or `undefined` for pools without one. */
  readonly trigger: TriggerRunner | undefined;
  readonly behaviour: CognitoBehaviour;
  readonly issuerOf: (pool: UserPool) => string;
  /** Epoch milliseconds. */
  readonly clock: () => number;
}

/** Why the trigger's part of a token failed. */
export type TriggerFailure =
  | {
      readonly kind: 'refused';
      /** The message that the trigger threw. */
      readonly message: string;
    }
  | { readonly kind: 'malformed-answer'; readonly message: string }
  | { readonly kind: 'timed-out'; readonly message: string };

/** A token, or why there is none. */
export type IssueResult =
  | {
      readonly isIssued: true;
      readonly accessToken: string;
      readonly expiresInSeconds: number;
      readonly payload: AccessTokenPayload;
      /** Names of the claims that the trigger added. */
      readonly customClaims: readonly string[];
      readonly ignoredClaims: readonly string[];
    }
  | { readonly isIssued: false; readonly failure: TriggerFailure };

/** Issues the access token of one request, trigger included. */
export async function issueToken(request: TokenRequest, edges: IssuerEdges): Promise<IssueResult> {
  const custom = await runTrigger(request, edges);
  if ('kind' in custom) return { isIssued: false, failure: custom };
  const { pool, client } = request;
  const payload = toAccessTokenPayload({
    clientId: client.clientId,
    issuer: edges.issuerOf(pool),
    scopes: custom.scopes,
    claims: custom.claims,
    accessTokenMinutes: client.accessTokenMinutes,
    now: edges.clock(),
    behaviour: edges.behaviour,
  });
  const signAccessToken = await edges.keys.signer(pool);
  return {
    isIssued: true,
    accessToken: await signAccessToken(payload),
    expiresInSeconds: client.accessTokenMinutes * 60,
    payload,
    customClaims: Object.keys(custom.claims),
    ignoredClaims: custom.ignoredClaims,
  };
}

interface Customized {
  readonly claims: { readonly [name: string]: unknown };
  readonly scopes: readonly string[];
  readonly ignoredClaims: readonly string[];
}

async function runTrigger(
  request: TokenRequest,
  edges: IssuerEdges,
): Promise<Customized | TriggerFailure> {
  if (edges.trigger === undefined) {
    return { claims: {}, scopes: request.scopes, ignoredClaims: [] };
  }
  const result = await callTrigger(edges.trigger, request, edges.behaviour);
  if (result.outcome === 'timed-out') {
    return { kind: 'timed-out', message: 'The trigger did not answer in time.' };
  }
  if (result.outcome === 'failed') return { kind: 'refused', message: result.errorMessage };
  const answer = readTriggerAnswer(result.payload, edges.behaviour);
  if (!answer.isValid) return { kind: 'malformed-answer', message: answer.problem };
  const { clientId } = request.client;
  const custom = customizeToken(answer.changes, request.scopes, clientId, edges.behaviour);
  return custom.isAccepted ? custom : { kind: 'malformed-answer', message: custom.problem };
}

async function callTrigger(
  trigger: TriggerRunner,
  request: TokenRequest,
  behaviour: CognitoBehaviour,
): Promise<TriggerResult> {
  const event = toTriggerEvent(request, behaviour);
  let result = await trigger.invoke(event);
  for (let attempt = 2; attempt <= behaviour.triggerAttempts; attempt += 1) {
    if (result.outcome !== 'timed-out') break;
    result = await trigger.invoke(event);
  }
  return result;
}
