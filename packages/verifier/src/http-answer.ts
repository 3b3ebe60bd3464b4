import type { VerifyError } from './errors.ts';
import type { ScopeCheck } from './verifier-options.ts';

/** What an API answers to a request that it does not let in. */
export interface HttpAnswer {
  readonly statusCode: 401 | 403 | 503;
  readonly headers: { readonly [name: string]: string };
  readonly body: { readonly error: string; readonly code: string; readonly message: string };
}

/** How long a caller waits before it tries again while the issuer is down, in seconds. */
const RETRY_AFTER_SECONDS = 1;

/**
 * Makes the answer to a token that was refused.
 *
 * The message names settings of the API and claims of the contract, never a part of the token.
 *
 * @returns `undefined` for an error that is no fault of the request: the framework answers it with 500.
 * @see https://www.rfc-editor.org/rfc/rfc6750#section-3
 */
export function toHttpAnswer(error: VerifyError, scopes: ScopeCheck): HttpAnswer | undefined {
  const { code, message } = error;
  if (code === 'ERR_VERIFIER_OPTIONS' || code === 'ERR_CLAIM_AMBIGUOUS') return undefined;
  if (code.startsWith('ERR_ISSUER_')) {
    const headers = { 'retry-after': String(RETRY_AFTER_SECONDS) };
    return { statusCode: 503, headers, body: { error: 'temporarily_unavailable', code, message } };
  }
  if (code === 'ERR_TOKEN_SCOPE') {
    const challenge = `Bearer error="insufficient_scope"${scopeParameter(scopes)}`;
    const headers = { 'www-authenticate': challenge };
    return { statusCode: 403, headers, body: { error: 'insufficient_scope', code, message } };
  }
  // A request without a token learns what to send, and no error: nothing was wrong with it. RFC 6750, section 3.1.
  const challenge = code === 'ERR_TOKEN_MISSING' ? 'Bearer' : 'Bearer error="invalid_token"';
  const headers = { 'www-authenticate': challenge };
  return { statusCode: 401, headers, body: { error: 'invalid_token', code, message } };
}

function scopeParameter(scopes: ScopeCheck): string {
  if (scopes === null) return '';
  return `, scope="${(scopes.all ?? scopes.any).join(' ')}"`;
}
