import { A_CLIENT_ID, A_POOL_ID } from './records.ts';

/**
 * The version-three event that Amazon Cognito sends for a client-credentials token.
 *
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-lambda-pre-token-generation.html
 */
export interface ClientCredentialsEvent {
  readonly version: string;
  readonly triggerSource: string;
  readonly region: string;
  readonly userPoolId: string;
  /** A constant: these tokens have no user. */
  readonly userName: string;
  readonly callerContext: { readonly awsSdkVersion: string; readonly clientId: string };
  readonly request: {
    readonly userAttributes: { readonly [name: string]: string };
    readonly groupConfiguration: null;
    readonly scopes: readonly string[];
    /** Absent, null or empty when the caller sent none: Amazon Cognito does not document which. */
    readonly clientMetadata?: { readonly [key: string]: string } | null;
  };
  readonly response: { readonly claimsAndScopeOverrideDetails: null };
}

/**
 * Builds the documented event of one token request.
 *
 * @param fields.scopes - Scopes about to be granted. @default orders/read
 * @param fields.clientMetadata - The caller's metadata; leave out for an event without the key. @default absent
 */
export function aClientCredentialsEvent(
  fields: {
    readonly userPoolId?: string;
    readonly clientId?: string;
    readonly scopes?: readonly string[];
    readonly clientMetadata?: { readonly [key: string]: string } | null;
    readonly triggerSource?: string;
  } = {},
): ClientCredentialsEvent {
  const { userPoolId = A_POOL_ID, clientId = A_CLIENT_ID } = fields;
  return {
    version: '3',
    triggerSource: fields.triggerSource ?? 'TokenGeneration_ClientCredentials',
    region: userPoolId.split('_')[0] ?? '',
    userPoolId,
    userName: 'ClientCredentials',
    callerContext: { awsSdkVersion: 'aws-sdk-unknown-unknown', clientId },
    request: {
      userAttributes: {},
      groupConfiguration: null,
      scopes: fields.scopes ?? ['orders/read'],
      ...(fields.clientMetadata !== undefined && { clientMetadata: fields.clientMetadata }),
    },
    response: { claimsAndScopeOverrideDetails: null },
  };
}
