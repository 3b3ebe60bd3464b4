/**
 * Claims that Amazon Cognito owns in an access token: a trigger may not add, change or suppress them.
 *
 * `scope` changes only through the scope lists.
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-lambda-pre-token-generation.html
 */
export const RESERVED_CLAIM_NAMES: ReadonlySet<string> = new Set([
  'sub',
  'client_id',
  'username',
  'event_id',
  'device_key',
  'version',
  'acr',
  'amr',
  'at_hash',
  'auth_time',
  'azp',
  'exp',
  'iat',
  'iss',
  'jti',
  'nbf',
  'nonce',
  'origin_jti',
  'token_use',
  'identities',
  'scope',
]);

/** True for a claim that no record may set. `aud` is apart: see `isAllowedAudience`. */
export function isReservedClaimName(name: string): boolean {
  return RESERVED_CLAIM_NAMES.has(name) || name.startsWith('cognito:') || name.startsWith('dev:');
}

/** True for a claim that no record may suppress: the reserved ones except `dev:` names, and `aud`. */
export function isUnsuppressibleClaimName(name: string): boolean {
  return name === 'aud' || (isReservedClaimName(name) && !name.startsWith('dev:'));
}

/** True if `value` may stand in the `aud` claim: Amazon Cognito takes the app client's own id and nothing else. */
export function isAllowedAudience(value: unknown, clientId: string): boolean {
  return value === clientId;
}

/**
 * A scope of a resource server, `<identifier>/<name>`, in the characters that Amazon Cognito takes.
 *
 * @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_CreateResourceServer.html
 */
const RESOURCE_SERVER_SCOPE = /^[\x21\x23-\x5b\x5d-\x7e]+\/[\x21\x23-\x2e\x30-\x5b\x5d-\x7e]+$/;

/**
 * True for a scope that a record may add: one of a resource server.
 *
 * Never `openid` or `aws.cognito.signin.user.admin`: those open the APIs of Amazon Cognito itself.
 */
export function isAddableScope(scope: string): boolean {
  return RESOURCE_SERVER_SCOPE.test(scope);
}
