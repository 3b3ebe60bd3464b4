export type { AuthorizedFetchOptions } from './authorized-fetch.ts';
export {
  type ClientCredentials,
  type CredentialsProvider,
  envCredentials,
  fileCredentials,
  type SecretValueReader,
  secretsManagerCredentials,
} from './credentials.ts';
export {
  isTokenClientError,
  TOKEN_ERRORS,
  TokenClientError,
  type TokenErrorCode,
  type TokenErrorDetails,
} from './errors.ts';
export type { TokenClientStats, TokenEvents } from './events.ts';
export type { ParameterReader, TokenEndpointOptions } from './request-token.ts';
export type { TimeSource } from './time.ts';
export type { AccessToken } from './token-cache.ts';
export { createTokenClient, type TokenClient } from './token-client.ts';
export type { TokenClientOptions } from './token-client-options.ts';
export type { TokenRequest } from './token-request.ts';
export type { StoredValue, TokenStore } from './token-store.ts';
