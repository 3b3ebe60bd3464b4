import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import type { UserTriggerTarget } from '../settings.ts';
/** Sends a user's event to the function that the pool's owner has for it. */
export type ForwardEvent = (
  event: JsonObject,
  target: UserTriggerTarget,
  timeoutMs: number,
) => Promise<unknown>;

/** What the other function threw, as Amazon Cognito would have received it from there. */
class UserTriggerFailure extends Error {
  override readonly name: string;

  constructor(errorType: string, message: string) {
    super(message);
    this.name = errorType;
    // AWS Lambda prints and hands on the stack; the one of this file says nothing about that function.
    this.stack = `${errorType}: ${message}`;
  }
}

/** Creates the forwarding of one container. */
export function createForwardEvent(edges: {
  readonly region: string;
  readonly endpointUrl: string | undefined;
  readonly variables: { readonly [name: string]: string | undefined };
}): ForwardEvent {
  const { region, endpointUrl, variables } = edges;
  const sessionToken = variables['AWS_SESSION_TOKEN'];
  const client = new LambdaClient({
    region,
    ...(endpointUrl === undefined ? {} : { endpoint: endpointUrl }),
    credentials: {
      accessKeyId: variables['AWS_ACCESS_KEY_ID'] ?? '',
      secretAccessKey: variables['AWS_SECRET_ACCESS_KEY'] ?? '',
      ...(sessionToken ? { sessionToken } : {}),
    },
    // Amazon Cognito itself repeats an event; a second attempt here would take the time of the first.
    maxAttempts: 1,
  });
  return async (event, { functionArn, eventVersion }, timeoutMs) => {
    const Payload = JSON.stringify(toEventOf(eventVersion, event));
    const command = new InvokeCommand({ FunctionName: functionArn, Payload });
    const abort = new AbortController();
    const timer = setTimeout(() => abort.abort(), timeoutMs);
    const result = await client
      .send(command, { abortSignal: abort.signal })
      .catch(() => {
        throw abort.signal.aborted
          ? failure('The function for user tokens did not answer in time.', 'TIMEOUT')
          : failure('The function for user tokens cannot be called.', 'UNAVAILABLE');
      })
      .finally(() => clearTimeout(timer));
    const text = Buffer.from(result.Payload ?? []).toString();
    if (result.FunctionError !== undefined) throw toFailure(text);
    return toAnswerOf(eventVersion, event, parseExactly(text));
  };
}

function failure(sentence: string, code: string): UserTriggerFailure {
  return new UserTriggerFailure('UserTriggerFailure', `${sentence} (ERR_USER_TRIGGER_${code})`);
}

/** @see https://docs.aws.amazon.com/lambda/latest/dg/nodejs-exceptions.html */
function toFailure(text: string): UserTriggerFailure {
  const { errorType, errorMessage }: JsonObject = Object(parseExactly(text));
  return new UserTriggerFailure(
    typeof errorType === 'string' ? errorType : 'Error',
    typeof errorMessage === 'string' ? errorMessage : 'The function for user tokens failed.',
  );
}

/** The parts of JavaScript that keep a number as it was written; Node.js 22 and newer have them. */
interface ExactJson {
  rawJSON?(text: string): unknown;
}

/** Parses JSON without changing a number that JavaScript cannot hold; a string that is not JSON stays a string. */
function parseExactly(text: string): unknown {
  const { rawJSON } = JSON as ExactJson;
  // The context is not in every library's types yet.
  const keepNumber = (_key: string, value: unknown, context?: { readonly source?: string }) =>
    typeof value === 'number' && context?.source !== undefined && String(value) !== context.source
      ? (rawJSON?.(context.source) ?? value)
      : value;
  try {
    return JSON.parse(text, keepNumber as (key: string, value: unknown) => unknown);
  } catch {
    return text;
  }
}

/** A JSON object. */
interface JsonObject {
  readonly [name: string]: unknown;
}

/**
 * Turns the event that this trigger receives (V3) into the one that a function of another version was written for.
 *
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-lambda-pre-token-generation.html
 */
function toEventOf(version: UserTriggerTarget['eventVersion'], event: JsonObject): JsonObject {
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
 * A V1 answer changes the claims of the ID token only, and the groups of both tokens. What is not an answer at all is handed on,
 * so that Amazon Cognito says about it what it would say about that function.
 */
function toAnswerOf(
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
    ? { ...value }
    : undefined;
}

function withoutAbsent(fields: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
