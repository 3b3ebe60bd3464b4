import type { AwsExceptionName } from './aws-error.ts';

/**
 * What Amazon Cognito does and AWS does not document: each assumption is one named setting.
 *
 * `docs/cognito-fidelity.md` says for each where it comes from, how sure it is and which test holds it.
 */
export interface CognitoBehaviour {
  /** What `iss` and the discovery document say: this server's address, or the address of the real pool. @default 'local' */
  readonly issuerFormat: 'local' | 'aws' | 'aws-updated';
  /** What happens to a request that has a parameter twice. @default 'refuse' */
  readonly repeatedParameters: 'refuse' | 'first' | 'last';
  /** What a parameter without a value counts as. @default 'absent' */
  readonly emptyParameters: 'absent' | 'malformed';
  /** What happens to a request whose `aws_client_metadata` is not a JSON object of strings. @default 'refuse' */
  readonly malformedMetadata: 'refuse' | 'ignore';
  /** Where the trigger's claims stand in the token. @default 'last' */
  readonly customClaimsPosition: 'first' | 'last';
  /** What the event holds as `clientMetadata` when the caller sent none. @default 'null' */
  readonly metadataWhenAbsent: 'null' | 'empty' | 'absent';
  /** What happens to a token whose trigger sets or suppresses a reserved claim. @default 'ignore' */
  readonly reservedClaims: 'ignore' | 'fail';
  /** What happens to a scope to add that is empty or contains a space. @default 'fail' */
  readonly malformedScopes: 'ignore' | 'fail';
  /** What becomes of a scope that the trigger both adds and suppresses. @default 'suppressed' */
  readonly scopeAddedAndSuppressed: 'suppressed' | 'added';
  /** What happens to a token whose trigger asks for more than 5,000 changes. @default 'fail' */
  readonly tooManyChanges: 'ignore' | 'fail';
  /** What happens to an answer of the trigger without the fields that every event has. @default 'fail' */
  readonly missingAnswerFields: 'ignore' | 'fail';
  /** How often the trigger is called when it does not answer in time. @default 1 */
  readonly triggerAttempts: number;
  /** The OAuth error of a token that the trigger refused or failed to customise. @default 'invalid_request' */
  readonly triggerFailureError: 'invalid_request' | 'invalid_grant' | 'server_error';
  /** The HTTP status of that error. @default 400 */
  readonly triggerFailureStatus: 400 | 500;
  /** Whether that error carries the trigger's own message as `error_description`. @default true */
  readonly hasTriggerFailureDescription: boolean;
  /** The description of that error for a trigger that is too late. */
  readonly triggerTimeoutDescription: string;
  /** What happens to an answer with a claim that is null, or a list of anything but strings, numbers and booleans. @default 'fail' */
  readonly unusualClaimValues: 'fail' | 'keep';
  /** What the token says as `scope` when the trigger suppressed every scope. @default 'empty' */
  readonly scopeWhenNone: 'empty' | 'absent';
  /** In which order the token lists the scopes that were asked for. @default 'requested' */
  readonly scopeOrder: 'requested' | 'declared';
  /** The trigger source that `GetClientToken` sends. @default 'TokenGeneration_ClientCredentials' */
  readonly clientTokenTriggerSource: string;
  /** The exception of `GetClientToken` when the trigger refuses, answers nonsense or is too late. */
  readonly triggerExceptions: {
    /** @default 'UserLambdaValidationException' */
    readonly refused: AwsExceptionName;
    /** @default 'InvalidLambdaResponseException' */
    readonly 'malformed-answer': AwsExceptionName;
    /** @default 'UnexpectedLambdaException' */
    readonly 'timed-out': AwsExceptionName;
  };
  /** The exception of `GetClientToken` for a client without `ALLOW_CLIENT_TOKEN_AUTH`. @default 'InvalidParameterException' */
  readonly clientTokenAuthException: AwsExceptionName;
  /** The exception of `GetClientToken` for a client that no pool has. @default 'ResourceNotFoundException' */
  readonly unknownClientException: AwsExceptionName;
  /** The exception of `GetClientToken` for a scope that the client may not have. @default 'InvalidParameterException' */
  readonly forbiddenScopeException: AwsExceptionName;
  /** The exception of deleting a client's last secret. @default 'InvalidParameterException' */
  readonly lastSecretException: AwsExceptionName;
  /** Which secret `DescribeUserPoolClient` shows. @default 'oldest' */
  readonly describedSecret: 'oldest' | 'newest';
  /** Whether a `Basic` header may hold credentials that were not URL-encoded first, as curl sends them. @default true */
  readonly allowsRawBasicCredentials: boolean;
  /** Whether the body may repeat the `client_id` of a `Basic` header. @default true */
  readonly allowsRepeatedClientId: boolean;
}

/** The assumptions as they hold unless a caller changes them. */
export const DEFAULT_BEHAVIOUR: CognitoBehaviour = {
  issuerFormat: 'local',
  repeatedParameters: 'refuse',
  emptyParameters: 'absent',
  malformedMetadata: 'refuse',
  customClaimsPosition: 'last',
  metadataWhenAbsent: 'null',
  reservedClaims: 'ignore',
  malformedScopes: 'fail',
  scopeAddedAndSuppressed: 'suppressed',
  tooManyChanges: 'fail',
  missingAnswerFields: 'fail',
  triggerAttempts: 1,
  triggerFailureError: 'invalid_request',
  triggerFailureStatus: 400,
  hasTriggerFailureDescription: true,
  triggerTimeoutDescription: 'PreTokenGeneration invocation failed due to timeout.',
  unusualClaimValues: 'fail',
  scopeWhenNone: 'empty',
  scopeOrder: 'requested',
  clientTokenTriggerSource: 'TokenGeneration_ClientCredentials',
  triggerExceptions: {
    refused: 'UserLambdaValidationException',
    'malformed-answer': 'InvalidLambdaResponseException',
    'timed-out': 'UnexpectedLambdaException',
  },
  clientTokenAuthException: 'InvalidParameterException',
  unknownClientException: 'ResourceNotFoundException',
  forbiddenScopeException: 'InvalidParameterException',
  lastSecretException: 'InvalidParameterException',
  describedSecret: 'oldest',
  allowsRawBasicCredentials: true,
  allowsRepeatedClientId: true,
};
