import type { OAuthError } from './oauth-error.ts';

/** Parameters by name. */
export type Form = ReadonlyMap<string, string>;

/**
 * Reads a form-encoded body as RFC 6749 says: no parameter twice, an empty one counts as absent.
 *
 * @see https://www.rfc-editor.org/rfc/rfc6749#section-3.2
 */
export function readForm(contentType: string | undefined, body: string): Form | OAuthError {
  const mediaType = contentType?.split(';')[0]?.trim().toLowerCase();
  if (mediaType !== 'application/x-www-form-urlencoded') {
    return invalid('the content type is not application/x-www-form-urlencoded');
  }
  const form = new Map<string, string>();
  const seen = new Set<string>();
  for (const [name, value] of new URLSearchParams(body)) {
    if (seen.has(name)) return invalid('a parameter occurs twice');
    seen.add(name);
    if (value !== '') form.set(name, value);
  }
  return form;
}

function invalid(reason: string): OAuthError {
  return { error: 'invalid_request', reason };
}
