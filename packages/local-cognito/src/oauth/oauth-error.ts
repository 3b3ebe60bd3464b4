/** The errors of the token endpoint. @see https://docs.aws.amazon.com/cognito/latest/developerguide/token-endpoint.html */
type OAuthErrorName =
  | 'invalid_request'
  | 'invalid_client'
  | 'invalid_grant'
  | 'unauthorized_client'
  | 'unsupported_grant_type'
  | 'invalid_scope'
  | 'server_error';

/** A refused token request. */
export interface OAuthError {
  readonly error: OAuthErrorName;
  /** @default 400 */
  readonly status?: number;
  /** What the caller reads as `error_description`; Amazon Cognito sends one for a trigger's refusal and seldom else. */
  readonly description?: string;
  /** What the people who run this server read: the exact reason, without any value from the request. */
  readonly reason: string;
}

/** The body of an error answer. */
export function toErrorBody({ error, description }: OAuthError): object {
  return description === undefined ? { error } : { error, error_description: description };
}
