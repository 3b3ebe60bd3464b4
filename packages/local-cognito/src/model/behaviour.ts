import { keysOf } from '@cognito-m2m/claim-schema/values';
import type { AwsExceptionName } from './aws-error.ts';

/** How sure a default is: an AWS page or API model says so; answers of real pools that others have published; nobody says. */
type Basis = 'documented' | 'seen' | 'assumed';

/** What a setting is about, for people. */
interface About {
  /** One sentence. */
  readonly what: string;
  readonly basis: Basis;
  /** Where the default comes from, in Markdown with the links of `docs/cognito-fidelity.md`; empty for none. */
  readonly source: string;
}

/** One setting: its default, and what else it may be. */
interface Setting<T> extends About {
  readonly initial: T;
  /** The values it may have, or the kind of value. */
  readonly values: readonly T[] | 'string' | 'count' | 'exception';
}

function choice<const T extends readonly (string | number | boolean)[]>(
  initial: NoInfer<T[number]>,
  values: T,
  about: About,
): Setting<T[number]> {
  return { initial, values, ...about };
}

function anyString(initial: string, about: About): Setting<string> {
  return { initial, values: 'string', ...about };
}

function count(initial: number, about: About): Setting<number> {
  return { initial, values: 'count', ...about };
}

function exception(initial: AwsExceptionName, about: About): Setting<AwsExceptionName> {
  return { initial, values: 'exception', ...about };
}

/**
 * What Amazon Cognito does and AWS does not document: each assumption is one named setting.
 *
 * `docs/cognito-fidelity.md` lists them with their sources and the tests that hold them; it is generated from here.
 */
export const BEHAVIOURS = {
  issuerFormat: choice('local', ['local', 'aws', 'aws-updated'], {
    what: "What `iss` and the discovery document say: this server's address, or the address of the real pool.",
    basis: 'documented',
    source: '[verifying tokens][vt]',
  }),
  queryParameters: choice('accept', ['accept', 'ignore'], {
    what: 'Whether parameters in the query string of the `POST` count.',
    basis: 'seen',
    source: 'a command and its answer, printed in a public README; ten projects use it',
  }),
  repeatedParameters: choice('refuse', ['refuse', 'first', 'last'], {
    what: 'What happens to a request that has a parameter twice.',
    basis: 'assumed',
    source: '[RFC 6749][rfc] 3.2',
  }),
  emptyParameters: choice('absent', ['absent', 'malformed'], {
    what: 'What a parameter without a value counts as.',
    basis: 'assumed',
    source: '[RFC 6749][rfc] 3.2',
  }),
  malformedMetadata: choice('refuse', ['refuse', 'ignore'], {
    what: 'What happens to a request whose `aws_client_metadata` is not a JSON object of strings.',
    basis: 'assumed',
    source: '[token endpoint][te] documents the shape only',
  }),
  invalidSecretDescription: anyString('invalid_client_secret', {
    what: 'The `error_description` for a known client with a wrong or missing secret; empty for none.',
    basis: 'seen',
    source: 'answers of real pools in three projects',
  }),
  allowsRawBasicCredentials: choice(true, [true, false], {
    what: 'Whether a `Basic` header may hold credentials that were not URL-encoded first, as curl sends them.',
    basis: 'seen',
    source: 'curl against real pools',
  }),
  allowsRepeatedClientId: choice(true, [true, false], {
    what: 'Whether the body may repeat the `client_id` of a `Basic` header.',
    basis: 'assumed',
    source: '',
  }),
  customClaimsPosition: choice('last', ['first', 'last'], {
    what: "Where the trigger's claims stand in the token.",
    basis: 'assumed',
    source: '',
  }),
  metadataWhenAbsent: choice('absent', ['absent', 'empty', 'null'], {
    what: 'What the event holds as `clientMetadata` when the caller sent none.',
    basis: 'assumed',
    source: 'a sample of AWS fails with null and is used without metadata',
  }),
  reservedClaims: choice('ignore', ['ignore', 'fail'], {
    what: 'What happens to a token whose trigger sets or suppresses a reserved claim.',
    basis: 'assumed',
    source: '[trigger][tr] says only that they cannot change',
  }),
  malformedScopes: choice('fail', ['fail', 'ignore'], {
    what: 'What happens to a scope to add that is empty or contains a space.',
    basis: 'assumed',
    source: '[trigger][tr] forbids them',
  }),
  scopeAddedAndSuppressed: choice('suppressed', ['suppressed', 'added'], {
    what: 'What becomes of a scope that the trigger both adds and suppresses.',
    basis: 'assumed',
    source: '[trigger][tr] documents it for claims',
  }),
  tooManyChanges: choice('fail', ['fail', 'ignore'], {
    what: 'What happens to a token whose trigger asks for more than 5,000 changes.',
    basis: 'assumed',
    source: '[trigger][tr] documents the limit',
  }),
  missingAnswerFields: choice('fail', ['fail', 'ignore'], {
    what: 'What happens to an answer of the trigger without the fields that every event has.',
    basis: 'assumed',
    source: '[triggers][ts] document it for some fields',
  }),
  unusualClaimValues: choice('fail', ['fail', 'keep'], {
    what: 'What happens to an answer with a claim that is null, or a list of anything but strings, numbers and booleans.',
    basis: 'assumed',
    source: '[trigger][tr] names neither',
  }),
  scopeWhenNone: choice('empty', ['empty', 'absent'], {
    what: 'What the token says as `scope` when the trigger suppressed every scope.',
    basis: 'assumed',
    source: '',
  }),
  scopeOrder: choice('requested', ['requested', 'declared'], {
    what: 'In which order the token lists the scopes that were asked for.',
    basis: 'assumed',
    source: '',
  }),
  triggerAttempts: count(1, {
    what: 'How often the trigger is called when it does not answer in time.',
    basis: 'assumed',
    source: '[triggers][ts] say that a call may be repeated',
  }),
  triggerFailureBody: choice('error', ['error', 'description', 'code'], {
    what: 'The body for a token that the trigger refused: its message as `error`, as `error_description`, or only a code.',
    basis: 'seen',
    source: 'an answer of a real pool (code grant), logs of others',
  }),
  triggerFailureError: choice(
    'invalid_request',
    ['invalid_request', 'invalid_grant', 'server_error'],
    {
      what: 'The OAuth error for such a token where the body has a code.',
      basis: 'assumed',
      source: 'redirects of hosted login',
    },
  ),
  triggerFailureStatus: choice(400, [400, 500], {
    what: 'The HTTP status of that answer.',
    basis: 'assumed',
    source: 'the message of the seen answer names 400',
  }),
  triggerTimeoutDescription: anyString('PreTokenGeneration invocation failed due to timeout.', {
    what: 'The message for a trigger that does not answer in time.',
    basis: 'assumed',
    source: 'errors of other triggers',
  }),
  clientTokenTriggerSource: anyString('TokenGeneration_ClientCredentials', {
    what: 'The trigger source that `GetClientToken` sends.',
    basis: 'assumed',
    source: '',
  }),
  triggerRefusedException: exception('UserLambdaValidationException', {
    what: 'The exception of `GetClientToken` when the trigger refuses.',
    basis: 'assumed',
    source: 'other operations',
  }),
  triggerMalformedException: exception('InvalidLambdaResponseException', {
    what: "The exception of `GetClientToken` when the trigger's answer is not valid.",
    basis: 'assumed',
    source: 'other operations',
  }),
  triggerTimeoutException: exception('UnexpectedLambdaException', {
    what: 'The exception of `GetClientToken` when the trigger does not answer in time.',
    basis: 'assumed',
    source: 'other operations',
  }),
  clientTokenAuthException: exception('InvalidParameterException', {
    what: 'The exception of `GetClientToken` for a client without `ALLOW_CLIENT_TOKEN_AUTH`.',
    basis: 'assumed',
    source: '`InitiateAuth` of real pools',
  }),
  unknownClientException: exception('ResourceNotFoundException', {
    what: 'The exception of `GetClientToken` for a client that no pool has.',
    basis: 'assumed',
    source: 'other operations',
  }),
  forbiddenScopeException: exception('InvalidParameterException', {
    what: 'The exception of `GetClientToken` for a scope that the client may not have.',
    basis: 'assumed',
    source: 'other operations',
  }),
  lastSecretException: exception('InvalidParameterException', {
    what: "The exception of deleting a client's last secret.",
    basis: 'assumed',
    source: '[AddUserPoolClientSecret][acs] documents the rule',
  }),
  describedSecret: choice('oldest', ['oldest', 'newest'], {
    what: 'Which secret `DescribeUserPoolClient` shows.',
    basis: 'assumed',
    source: 'the mapping of another emulator',
  }),
} as const;

type Settings = typeof BEHAVIOURS;

/** The settings by name. */
export type CognitoBehaviour = {
  readonly [N in keyof Settings]: Settings[N] extends Setting<infer T> ? T : never;
};

/** The name of a setting. */
export type BehaviourName = keyof CognitoBehaviour;

/** The names of the settings, in the order of the documentation. */
export const BEHAVIOUR_NAMES = keysOf(BEHAVIOURS);

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
  return values.some((known) => known === value);
}
