import type { UserTriggerTarget } from '../settings.ts';

/** A JSON object. */
export interface JsonObject {
  readonly [name: string]: unknown;
}

/**
 * Turns the event that this trigger receives (V3) into the one that a function of another version was written for.
 *
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-lambda-pre-token-generation.html
 */
export function toEventOf(
  version: UserTriggerTarget['eventVersion'],
  event: JsonObject,
): JsonObject {
  if (version === 'V3_0') return event;
  if (version === 'V2_0') {
    return { ...event, version: '2', response: { claimsAndScopeOverrideDetails: null } };
  }
  const { scopes: _, ...request } = asObject(event['request']) ?? {};
  return { ...event, version: '1', request, response: { claimsOverrideDetails: null } };
}

/**
 * Turns the answer of such a function into the one that Amazon Cognito expects of a V3 trigger, with the same effect.
 *
 * A V1 answer changes the claims of the ID token only, and the groups of both tokens. What is no answer at all is handed on,
 * so that Amazon Cognito says about it what it would say about that function.
 */
export function toAnswerOf(
  version: UserTriggerTarget['eventVersion'],
  event: JsonObject,
  answer: unknown,
): unknown {
  if (version !== 'V1_0') return answer;
  const response = asObject(asObject(answer)?.['response']);
  if (response === undefined) return answer;
  const details = response['claimsOverrideDetails'] ?? null;
  if (details === null) return { ...event, response: { claimsAndScopeOverrideDetails: null } };
  const given = asObject(details);
  if (given === undefined) return answer;
  const { claimsToAddOrOverride, claimsToSuppress, groupOverrideDetails } = given;
  return {
    ...event,
    response: {
      claimsAndScopeOverrideDetails: withoutAbsent({
        idTokenGeneration: withoutAbsent({ claimsToAddOrOverride, claimsToSuppress }),
        groupOverrideDetails,
      }),
    },
  };
}

function asObject(value: unknown): JsonObject | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as JsonObject)
    : undefined;
}

function withoutAbsent(fields: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
