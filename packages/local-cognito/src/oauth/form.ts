import type { CognitoBehaviour } from '../behaviour.ts';
import type { OAuthError } from './oauth-error.ts';

/** Parameters by name; none is empty. */
export type Form = ReadonlyMap<string, string>;

/**
 * Reads a form-encoded body as RFC 6749 says, unless `behaviour` says otherwise: no parameter twice, an empty one counts as
 * absent.
 *
 * @see https://www.rfc-editor.org/rfc/rfc6749#section-3.2
 */
export function readForm(
  contentType: string | undefined,
  body: string,
  { repeatedParameters, emptyParameters }: CognitoBehaviour,
): Form | OAuthError {
  const mediaType = contentType?.split(';')[0]?.trim().toLowerCase();
  if (mediaType !== 'application/x-www-form-urlencoded') {
    return invalid('the content type is not application/x-www-form-urlencoded');
  }
  const form = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(body)) {
    const isRepeated = form.has(name);
    if (isRepeated && repeatedParameters === 'refuse') return invalid('a parameter occurs twice');
    if (value === '' && emptyParameters === 'malformed') return invalid('a parameter is empty');
    if (!isRepeated || repeatedParameters === 'last') form.set(name, value);
  }
  for (const [name, value] of form) if (value === '') form.delete(name);
  return form;
}

function invalid(reason: string): OAuthError {
  return { error: 'invalid_request', reason };
}
