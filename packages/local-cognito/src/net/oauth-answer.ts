import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';

/** A refused token request. */
export interface OAuthError {
  /**
   * A code, such as `invalid_request`; real pools give the whole message of a trigger here.
   *
   * @see https://docs.aws.amazon.com/cognito/latest/developerguide/token-endpoint.html
   */
  readonly error: string;
  /** @default 400 */
  readonly status?: number | undefined;
  /** What the caller reads as `error_description`; Amazon Cognito rarely sends one. */
  readonly description?: string | undefined;
  /** What the people who run this server read: the exact reason, without any value from the request. */
  readonly reason: string;
}

/** The body of an error answer. */
export function toErrorBody({ error, description }: OAuthError): object {
  return description === undefined ? { error } : { error, error_description: description };
}

/** The headers of every answer of the token endpoint, good or bad. */
export const ANSWER_HEADERS = {
  'content-type': 'application/json;charset=UTF-8',
  'cache-control': 'no-cache, no-store, max-age=0, must-revalidate',
  pragma: 'no-cache',
} as const;

/** Sends a token. */
export function sendToken(
  response: ServerResponse,
  token: { readonly accessToken: string; readonly expiresInSeconds: number },
): void {
  const { accessToken, expiresInSeconds } = token;
  // Nothing in it needs an escape.
  const text = `{"access_token":"${accessToken}","expires_in":${expiresInSeconds},"token_type":"Bearer"}`;
  send(response, 200, text);
}

/** Sends a refusal. @param headers - In addition to those of every answer. */
export function sendRefusal(
  response: ServerResponse,
  error: OAuthError,
  headers: OutgoingHttpHeaders = {},
): void {
  send(response, error.status ?? 400, JSON.stringify(toErrorBody(error)), headers);
}

function send(
  response: ServerResponse,
  status: number,
  text: string,
  headers?: OutgoingHttpHeaders,
): void {
  response
    .writeHead(status, {
      'content-length': Buffer.byteLength(text),
      ...ANSWER_HEADERS,
      ...headers,
    })
    .end(text);
}
