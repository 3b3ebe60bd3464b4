import type { IssuedClaims } from '@cognito-m2m/claim-schema';
import { StoreError } from '@cognito-m2m/claims-store/errors';
import type { ResolveClaims } from './claims-resolver.ts';
import type { ClaimsSource } from './claims-source.ts';
import type { Clock } from './clock.ts';
import type { IssueClaims } from './create-handler.ts';
import { TriggerError } from './errors.ts';
import { type MachineTokenAnswer, type MachineTokenEvent, parseTokenRequest } from './event.ts';
import type { UserTokens } from './user-tokens.ts';

/**
 * Creates the function that answers the event of one machine token.
 *
 * @returns A function that answers the whole event, as Amazon Cognito wants it back, or throws a `TriggerError`.
 */
export function createIssueClaims(edges: {
  readonly source: ClaimsSource;
  readonly resolve: ResolveClaims;
  readonly tokens: Pick<UserTokens, 'prepare' | 'check'>;
  readonly clock: Clock;
}): IssueClaims {
  const { source, resolve, tokens, clock } = edges;
  return async (event, { trace }) => {
    const request = parseTokenRequest(event);
    trace.request = request;
    tokens.prepare(request.metadata);
    try {
      trace.read = await source.read(request.userPoolId, request.clientId);
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      trace.failedReadMs = clock.steadyMs() - trace.startedMs;
      throw toRefusal(error);
    }
    const layers = trace.read.value;
    const checking = tokens.check(layers, request.metadata, trace.startedMs);
    // Most requests have nothing to wait for.
    if (checking !== undefined) trace.userToken = await checking;
    const token = trace.userToken?.verdict;
    const nowSeconds = Math.floor(clock.wallMs() / 1000);
    const resolution = resolve(
      layers,
      token === undefined ? request : { ...request, token },
      nowSeconds,
    );
    if (resolution.outcome === 'deny') {
      const { code, subject } = resolution;
      throw new TriggerError(code, { subject, sentence: trace.userToken?.sentences[code] });
    }
    trace.issued = resolution;
    return toAnswer(event, resolution);
  };
}

function toRefusal(error: StoreError): TriggerError {
  const isInvalid = error.code === 'ERR_STORE_ITEM_INVALID';
  return new TriggerError(
    isInvalid ? 'ERR_RECORD_INVALID' : 'ERR_STORE_UNAVAILABLE',
    { faults: error.faults },
    error,
  );
}

/** Every field of the event goes back: Amazon Cognito rejects an answer without the common ones. */
function toAnswer(
  event: MachineTokenEvent,
  { claims, suppress, scopes }: IssuedClaims,
): MachineTokenAnswer {
  return {
    ...event,
    response: {
      ...event.response,
      claimsAndScopeOverrideDetails: {
        accessTokenGeneration: {
          claimsToAddOrOverride: claims,
          claimsToSuppress: suppress,
          scopesToAdd: scopes.add,
          scopesToSuppress: scopes.suppress,
        },
      },
    },
  };
}
