import { A_CLIENT_ID, A_POOL_ID } from '@cognito-m2m/claim-schema/testing';

/**
 * Why Amazon Cognito calls the trigger for somebody who signs in; a version-three trigger gets all of these as well.
 *
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-lambda-pre-token-generation.html
 */
export const USER_TRIGGER_SOURCES = [
  'TokenGeneration_HostedAuth',
  'TokenGeneration_Authentication',
  'TokenGeneration_NewPasswordChallenge',
  'TokenGeneration_AuthenticateDevice',
  'TokenGeneration_RefreshTokens',
] as const;

/** The version-three event of a user's token, in the fields that AWS documents. */
export interface UserEvent {
  readonly version: string;
  readonly triggerSource: (typeof USER_TRIGGER_SOURCES)[number];
  readonly region: string;
  readonly userPoolId: string;
  readonly userName: string;
  readonly callerContext: { readonly awsSdkVersion: string; readonly clientId: string };
  readonly request: {
    readonly userAttributes: { readonly [name: string]: string };
    readonly groupConfiguration: {
      readonly groupsToOverride: readonly string[];
      readonly iamRolesToOverride: readonly string[];
      readonly preferredRole: string | null;
    };
    readonly scopes: readonly string[];
  };
  readonly response: { readonly claimsAndScopeOverrideDetails: null };
}

/** Builds the event of a user who signs in to the same pool. */
export function aUserEvent(fields: Partial<UserEvent> = {}): UserEvent {
  return {
    version: '3',
    triggerSource: 'TokenGeneration_HostedAuth',
    region: A_POOL_ID.split('_')[0] ?? '',
    userPoolId: A_POOL_ID,
    userName: 'ann',
    callerContext: { awsSdkVersion: 'aws-sdk-unknown-unknown', clientId: A_CLIENT_ID },
    request: {
      userAttributes: { sub: 'ann', 'cognito:user_status': 'CONFIRMED' },
      groupConfiguration: { groupsToOverride: [], iamRolesToOverride: [], preferredRole: null },
      scopes: ['openid'],
    },
    response: { claimsAndScopeOverrideDetails: null },
    ...fields,
  };
}
