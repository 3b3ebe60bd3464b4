import type { Claims } from '@cognito-m2m/claim-schema';
import { TriggerError } from './errors.ts';

/**
 * Trigger sources of user sign-ins: a V3 pre-token function gets these as well, and has no business with them.
 *
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-lambda-pre-token-generation.html
 */
const USER_TRIGGER_SOURCES: ReadonlySet<unknown> = new Set([
  'TokenGeneration_HostedAuth',
  'TokenGeneration_Authentication',
  'TokenGeneration_NewPasswordChallenge',
  'TokenGeneration_AuthenticateDevice',
  'TokenGeneration_RefreshTokens',
]);

/**
 * A V3 pre-token-generation event for machine traffic, as AWS documents it.
 *
 * What this trigger does without is optional: an event may lack it, or hold more. The type is our own because published
 * ones do not fit: `@types/aws-lambda` rules out `groupConfiguration: null` and every claim that is not a string, the
 * Powertools parser's schema rejects the event and strips `response`.
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/token-endpoint.html
 */
export interface MachineTokenEvent {
  /** `3`. */
  readonly version?: string;
  /** `TokenGeneration_ClientCredentials`, or what Amazon Cognito may add. */
  readonly triggerSource?: string;
  readonly region?: string;
  readonly userPoolId: string;
  /** `ClientCredentials`, a constant: these tokens have no user. */
  readonly userName?: string;
  readonly callerContext: {
    readonly awsSdkVersion?: string;
    /** The only authenticated identity in the event. */
    readonly clientId: string;
  };
  readonly request?: {
    /** Empty. */
    readonly userAttributes?: { readonly [name: string]: string };
    readonly groupConfiguration?: null;
    /** What Amazon Cognito is about to grant. */
    readonly scopes?: readonly string[] | null;
    /** Chosen by the caller; `null`, empty or absent when the caller sent none. */
    readonly clientMetadata?: { readonly [key: string]: unknown } | null;
  } | null;
  readonly response?: { readonly claimsAndScopeOverrideDetails?: unknown } | null;
}

/**
 * The answer to such an event: the event itself, and in its response what to change in the access token.
 *
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-lambda-pre-token-generation.html
 */
export interface MachineTokenAnswer extends MachineTokenEvent {
  readonly response: {
    readonly claimsAndScopeOverrideDetails: {
      readonly accessTokenGeneration: {
        readonly claimsToAddOrOverride: Claims;
        readonly claimsToSuppress: readonly string[];
        readonly scopesToAdd: readonly string[];
        readonly scopesToSuppress: readonly string[];
      };
    };
  };
}

/** Who asks for a token, out of an event. */
export interface TokenRequest {
  readonly userPoolId: string;
  readonly clientId: string;
  readonly triggerSource: string;
  readonly scopes: readonly string[];
  readonly metadata: { readonly [key: string]: unknown } | undefined;
}

/** True for the event of a user's sign-in. A source that is not known is machine traffic: Amazon Cognito may add one. */
export function isUserEvent(event: unknown): boolean {
  return isRecord(event) && USER_TRIGGER_SOURCES.has(event['triggerSource']);
}

/**
 * Reads the token request out of an event, and only what is needed: strict validation breaks when AWS adds a field.
 *
 * @throws {TriggerError} `ERR_EVENT_INVALID` if the pool, the client or the scopes can't be read.
 */
export function parseTokenRequest(event: unknown): TokenRequest {
  const { userPoolId, triggerSource, callerContext, request } = asRecord(event);
  const { clientId } = asRecord(callerContext);
  const { scopes, clientMetadata } = asRecord(request);
  if (!isFilledText(userPoolId)) throw invalidEvent('userPoolId');
  if (!isFilledText(clientId)) throw invalidEvent('callerContext.clientId');
  const granted = scopes ?? [];
  if (!isTextList(granted)) throw invalidEvent('request.scopes');
  if (!isAbsent(clientMetadata) && !isRecord(clientMetadata)) {
    throw invalidEvent('request.clientMetadata');
  }
  return {
    userPoolId,
    clientId,
    triggerSource: typeof triggerSource === 'string' ? triggerSource : 'unknown',
    scopes: granted,
    metadata: clientMetadata ?? undefined,
  };
}

function invalidEvent(field: string): TriggerError {
  return new TriggerError('ERR_EVENT_INVALID', { subject: field });
}

function asRecord(value: unknown): { readonly [name: string]: unknown } {
  return isRecord(value) ? value : {};
}

function isRecord(value: unknown): value is { readonly [name: string]: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isAbsent(value: unknown): value is null | undefined {
  return value === null || value === undefined;
}

function isFilledText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function isTextList(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((member) => typeof member === 'string');
}
