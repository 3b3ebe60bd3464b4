/**
 * What Amazon Cognito does and AWS does not document: each assumption is one named setting.
 *
 * `docs/cognito-fidelity.md` says for each where it comes from, how sure it is and which test holds it.
 */
export interface CognitoBehaviour {
  /** What `iss` and the discovery document say: this server's address, or the address of the real pool. @default 'local' */
  readonly issuerFormat: 'local' | 'aws' | 'aws-updated';
  /** What the event holds as `clientMetadata` when the caller sent none. @default 'null' */
  readonly metadataWhenAbsent: 'null' | 'empty' | 'absent';
  /** What happens to a token whose trigger sets or suppresses a reserved claim. @default 'ignore' */
  readonly reservedClaims: 'ignore' | 'fail';
  /** What happens to a scope to add that is empty or holds a blank. @default 'fail' */
  readonly malformedScopes: 'ignore' | 'fail';
  /** How often the trigger is called when it does not answer in time. @default 1 */
  readonly triggerAttempts: number;
  /** The OAuth error of a token that the trigger refused or failed to customise. @default 'invalid_request' */
  readonly triggerFailureError: 'invalid_request' | 'invalid_grant' | 'server_error';
  /** Whether that error carries the trigger's own message as `error_description`. @default true */
  readonly hasTriggerFailureDescription: boolean;
  /** The trigger source that `GetClientToken` sends. @default 'TokenGeneration_ClientCredentials' */
  readonly clientTokenTriggerSource: string;
  /** Whether a `Basic` header may hold credentials that were not URL-encoded first, as curl sends them. @default true */
  readonly allowsRawBasicCredentials: boolean;
  /** Whether a second `client_id` in the body may stand beside a `Basic` header, if it is the same. @default true */
  readonly allowsRepeatedClientId: boolean;
}

/** The assumptions as they hold unless a caller changes them. */
export const DEFAULT_BEHAVIOUR: CognitoBehaviour = {
  issuerFormat: 'local',
  metadataWhenAbsent: 'null',
  reservedClaims: 'ignore',
  malformedScopes: 'fail',
  triggerAttempts: 1,
  triggerFailureError: 'invalid_request',
  hasTriggerFailureDescription: true,
  clientTokenTriggerSource: 'TokenGeneration_ClientCredentials',
  allowsRawBasicCredentials: true,
  allowsRepeatedClientId: true,
};
