import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { type OAuthError, toErrorBody } from './oauth-error.ts';

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
  send(response, 200, {
    access_token: accessToken,
    expires_in: expiresInSeconds,
    token_type: 'Bearer',
  });
}

/** Sends a refusal. @param headers - Beside those of every answer. */
export function sendRefusal(
  response: ServerResponse,
  error: OAuthError,
  headers: OutgoingHttpHeaders = {},
): void {
  send(response, error.status ?? 400, toErrorBody(error), headers);
}

function send(
  response: ServerResponse,
  status: number,
  body: object,
  headers: OutgoingHttpHeaders = {},
): void {
  const text = JSON.stringify(body);
  response
    .writeHead(status, { ...ANSWER_HEADERS, 'content-length': Buffer.byteLength(text), ...headers })
    .end(text);
}
