/**
 * Why a token is refused that asks for nothing on behalf of a user, as a stable code with the sentence that the caller may read.
 *
 * In a module of its own: a trigger without issuers of users' tokens needs no other sentence.
 */
export const REQUEST_DENIAL_MESSAGES = {
  ERR_CLIENT_UNKNOWN: 'This client has no claims declared.',
  ERR_CLIENT_DISABLED: 'This client is disabled.',
  ERR_METADATA_REQUIRED: 'A required metadata key is missing from the request.',
  ERR_METADATA_NOT_ALLOWED: 'A metadata value is not allowed for this client.',
  ERR_TOKEN_REQUIRED: 'A required user token is missing from the request.',
  ERR_CLAIMS_REQUIRED: 'A claim that every token must carry is missing for this client.',
  ERR_CLAIMS_OFF_CONTRACT: 'A claim of this client does not fit the claim contract.',
  ERR_CLAIMS_TOO_LARGE: 'The claims of this client are larger than a token may carry.',
  ERR_CLAIMS_TOO_MANY: 'The claims and scopes of this client are more than a token may change.',
} as const;
