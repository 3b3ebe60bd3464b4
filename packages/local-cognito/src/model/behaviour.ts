import type { AwsExceptionName } from './aws-error.ts';

/** One setting: its default, and what else it may be. */
interface Setting<T> {
  readonly initial: T;
  /** The values it may have, or the kind of value. */
  readonly values: readonly T[] | 'string' | 'count' | 'exception';
}

function choice<const T extends readonly (string | number | boolean)[]>(
  initial: NoInfer<T[number]>,
  values: T,
): Setting<T[number]> {
  return { initial, values };
}

function anyString(initial: string): Setting<string> {
  return { initial, values: 'string' };
}

function exception(initial: AwsExceptionName): Setting<AwsExceptionName> {
  return { initial, values: 'exception' };
}

/**
 * What Amazon Cognito does and AWS does not document: each assumption is one named setting.
 *
 * `docs/cognito-fidelity.md` says where each default comes from, how sure it is and which test holds it.
 */
export const BEHAVIOURS = {
  /** What `iss` and the discovery document say: this server's address, or the address of the real pool. */
  issuerFormat: choice('local', ['local', 'aws', 'aws-updated']),
  /** Whether parameters in the query string of the `POST` count. */
  queryParameters: choice('accept', ['accept', 'ignore']),
  /** What happens to a request that has a parameter twice. */
  repeatedParameters: choice('refuse', ['refuse', 'first', 'last']),
  /** What a parameter without a value counts as. */
  emptyParameters: choice('absent', ['absent', 'malformed']),
  /** What happens to a request whose `aws_client_metadata` is not a JSON object of strings. */
  malformedMetadata: choice('refuse', ['refuse', 'ignore']),
  /** The `error_description` for a known client with a wrong or missing secret; empty for none. */
  invalidSecretDescription: anyString('invalid_client_secret'),
  /** Whether a `Basic` header may hold credentials that were not URL-encoded first, as curl sends them. */
  allowsRawBasicCredentials: choice(true, [true, false]),
  /** Whether the body may repeat the `client_id` of a `Basic` header. */
  allowsRepeatedClientId: choice(true, [true, false]),
  /** Where the trigger's claims stand in the token. */
  customClaimsPosition: choice('last', ['first', 'last']),
  /** What the event holds as `clientMetadata` when the caller sent none. */
  metadataWhenAbsent: choice('absent', ['absent', 'empty', 'null']),
  /** What happens to a token whose trigger sets or suppresses a reserved claim. */
  reservedClaims: choice('ignore', ['ignore', 'fail']),
  /** What happens to a scope to add that is empty or contains a space. */
  malformedScopes: choice('fail', ['fail', 'ignore']),
  /** What becomes of a scope that the trigger both adds and suppresses. */
  scopeAddedAndSuppressed: choice('suppressed', ['suppressed', 'added']),
  /** What happens to a token whose trigger asks for more than 5,000 changes. */
  tooManyChanges: choice('fail', ['fail', 'ignore']),
  /** What happens to an answer of the trigger without the fields that every event has. */
  missingAnswerFields: choice('fail', ['fail', 'ignore']),
  /** What happens to an answer with a claim that is null, or a list of anything but strings, numbers and booleans. */
  unusualClaimValues: choice('fail', ['fail', 'keep']),
  /** What the token says as `scope` when the trigger suppressed every scope. */
  scopeWhenNone: choice('empty', ['empty', 'absent']),
  /** In which order the token lists the scopes that were asked for. */
  scopeOrder: choice('requested', ['requested', 'declared']),
  /** How often the trigger is called when it does not answer in time. */
  triggerAttempts: { initial: 1, values: 'count' } as Setting<number>,
  /** The body for a token that the trigger refused: its message as `error`, as `error_description`, or only a code. */
  triggerFailureBody: choice('error', ['error', 'description', 'code']),
  /** The OAuth error for such a token where the body has a code. */
  triggerFailureError: choice('invalid_request', [
    'invalid_request',
    'invalid_grant',
    'server_error',
  ]),
  /** The HTTP status of that answer. */
  triggerFailureStatus: choice(400, [400, 500]),
  /** The message for a trigger that does not answer in time. */
  triggerTimeoutDescription: anyString('PreTokenGeneration invocation failed due to timeout.'),
  /** The trigger source that `GetClientToken` sends. */
  clientTokenTriggerSource: anyString('TokenGeneration_ClientCredentials'),
  /** The exception of `GetClientToken` when the trigger refuses. */
  triggerRefusedException: exception('UserLambdaValidationException'),
  /** The exception of `GetClientToken` when the trigger's answer is not valid. */
  triggerMalformedException: exception('InvalidLambdaResponseException'),
  /** The exception of `GetClientToken` when the trigger does not answer in time. */
  triggerTimeoutException: exception('UnexpectedLambdaException'),
  /** The exception of `GetClientToken` for a client without `ALLOW_CLIENT_TOKEN_AUTH`. */
  clientTokenAuthException: exception('InvalidParameterException'),
  /** The exception of `GetClientToken` for a client that no pool has. */
  unknownClientException: exception('ResourceNotFoundException'),
  /** The exception of `GetClientToken` for a scope that the client may not have. */
  forbiddenScopeException: exception('InvalidParameterException'),
  /** The exception of deleting a client's last secret. */
  lastSecretException: exception('InvalidParameterException'),
  /** Which secret `DescribeUserPoolClient` shows. */
  describedSecret: choice('oldest', ['oldest', 'newest']),
} as const;

type Settings = typeof BEHAVIOURS;

/** The settings by name. */
export type CognitoBehaviour = {
  readonly [N in keyof Settings]: Settings[N] extends Setting<infer T> ? T : never;
};

/** The name of a setting. */
export type BehaviourName = keyof CognitoBehaviour;

/** The names of the settings, in the order of the documentation. */
export const BEHAVIOUR_NAMES = Object.keys(BEHAVIOURS) as BehaviourName[];

/** The assumptions as they hold unless a caller changes them. */
export const DEFAULT_BEHAVIOUR = Object.fromEntries(
  Object.entries(BEHAVIOURS).map(([name, { initial }]) => [name, initial]),
) as CognitoBehaviour;

/** True for the name of a setting. */
export function isBehaviourName(name: string): name is BehaviourName {
  return Object.hasOwn(BEHAVIOURS, name);
}

/** What a setting may be, for a message. */
export function describeBehaviourValues(name: BehaviourName): string {
  const { values } = BEHAVIOURS[name];
  if (values === 'count') return 'a whole number from 1 to 9';
  if (values === 'exception') return 'the name of an AWS exception, such as ThrottlingException';
  return values === 'string' ? 'a string' : `one of ${values.join(', ')}`;
}

/** True for a value that a setting may have. */
export function isBehaviourValue(name: BehaviourName, value: unknown): boolean {
  const { values } = BEHAVIOURS[name];
  if (values === 'count')
    return Number.isInteger(value) && Number(value) >= 1 && Number(value) < 10;
  if (values === 'string') return typeof value === 'string';
  if (values === 'exception') return typeof value === 'string' && /^\w+Exception$/.test(value);
  return (values as readonly unknown[]).includes(value);
}
