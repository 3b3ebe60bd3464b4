import type { FuzzRequest } from './request-arbitrary.ts';

/** One answer, read. */
export interface Answer {
  readonly status: number;
  readonly text: string;
}

/** @see https://www.rfc-editor.org/rfc/rfc6749#section-5.2 */
const OAUTH_ERRORS: ReadonlySet<unknown> = new Set([
  'invalid_request',
  'invalid_client',
  'invalid_grant',
  'unauthorized_client',
  'unsupported_grant_type',
  'invalid_scope',
]);

/** @see https://www.rfc-editor.org/rfc/rfc7591#section-3.2.2 */
const REGISTRATION_ERRORS: ReadonlySet<unknown> = new Set([
  'invalid_client_metadata',
  'invalid_redirect_uri',
  'invalid_token',
]);

/** The paths of the inspector page, which answers people. */
const PAGE = /^\/(?:$|\?|clients\/|assets\/|requests)/;

/** True for an answer that the address may give: a document, or the error of its protocol; never a fault of the server. */
export function isWellFormed({ method, path }: FuzzRequest, { status, text }: Answer): boolean {
  if (status < 200 || status >= 500 || / at .+:\d+:\d+/.test(text)) return false;
  if (method === 'HEAD') return text === '';
  if (method !== 'CONNECT' && PAGE.test(path) && text.startsWith('<!doctype html>')) return true;
  if (status < 300) return path.startsWith('/assets/') || parse(text) !== undefined;
  const error = parse(text) ?? {};
  if (/\/oauth2\/register$/.test(path) && REGISTRATION_ERRORS.has(error['error'])) return true;
  const isApi = method === 'POST' && /^\/(?:\?|$)/.test(path);
  if (OAUTH_ERRORS.has(error['error'])) return !isApi || isAnyAddress(status);
  return isApi && [error['__type'], error['message']].every(isText);
}

/** What is refused before anybody looks at the address: a foreign or missing host, a request that can't be read. */
function isAnyAddress(status: number): boolean {
  return status === 403 || status === 400;
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value !== '';
}

function parse(text: string): Record<string, unknown> | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
