import type { CognitoBehaviour } from '../model/behaviour.ts';
import type { AppClient, UserPool } from '../pools/user-pool.ts';

/** The caller's metadata: strings by key. */
export type ClientMetadata = { readonly [key: string]: string };

/** One request for a token, after client authentication and scope rules. */
export interface TokenRequest {
  readonly pool: UserPool;
  readonly client: AppClient;
  /** The scopes that are about to be granted. */
  readonly scopes: readonly string[];
  readonly metadata: ClientMetadata | undefined;
  /** The API through which the request came. */
  readonly via: 'oauth2/token' | 'GetClientToken';
  /** The `Host` header of the request. */
  readonly host: string | undefined;
}

/**
 * Builds the version 3 event that Amazon Cognito sends for client credentials, as JSON text.
 *
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/token-endpoint.html
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-lambda-pre-token-generation.html
 */
export function toTriggerEvent(request: TokenRequest, behaviour: CognitoBehaviour): string {
  const { pool, client, scopes, metadata, via } = request;
  return JSON.stringify({
    version: '3',
    triggerSource:
      via === 'GetClientToken'
        ? behaviour.clientTokenTriggerSource
        : 'TokenGeneration_ClientCredentials',
    region: pool.region,
    userPoolId: pool.userPoolId,
    userName: 'ClientCredentials',
    callerContext: { awsSdkVersion: 'aws-sdk-unknown-unknown', clientId: client.clientId },
    request: {
      userAttributes: {},
      groupConfiguration: null,
      scopes,
      // An undefined member is absent from the JSON.
      clientMetadata: metadata ?? ABSENT_METADATA[behaviour.metadataWhenAbsent],
    },
    response: { claimsAndScopeOverrideDetails: null },
  });
}

const ABSENT_METADATA = { null: null, empty: {}, absent: undefined } as const;
