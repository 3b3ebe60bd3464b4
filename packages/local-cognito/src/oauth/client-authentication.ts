import type { CognitoBehaviour } from '../behaviour.ts';
import type { Form } from './form.ts';
import type { OAuthError } from './oauth-error.ts';

/** Credentials of one client; a header can be read in more than one way. */
export interface ClientCredentials {
  /** Pairs of id and secret, the likeliest first. */
  readonly candidates: readonly { readonly clientId: string; readonly secret: string }[];
}

/**
 * Finds the client's credentials in the `Authorization` header or in the body.
 *
 * @see https://www.rfc-editor.org/rfc/rfc6749#section-2.3.1
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/token-endpoint.html
 */
export function readClientCredentials(
  authorization: string | undefined,
  form: Form,
  behaviour: CognitoBehaviour,
): ClientCredentials | OAuthError {
  const bodyId = form.get('client_id');
  const bodySecret = form.get('client_secret');
  if (authorization === undefined) {
    if (bodyId === undefined || bodySecret === undefined) {
      return unauthenticated('the request has no client_id and client_secret');
    }
    return { candidates: [{ clientId: bodyId, secret: bodySecret }] };
  }
  if (bodySecret !== undefined) return invalid('the client authenticates in two ways');
  const candidates = readBasic(authorization, behaviour);
  if (candidates.length === 0) return unauthenticated('the Authorization header is not Basic');
  if (bodyId === undefined) return { candidates };
  const isSame = candidates.some(({ clientId }) => clientId === bodyId);
  return behaviour.allowsRepeatedClientId && isSame
    ? { candidates }
    : invalid('client_id occurs in the header and in the body');
}

function readBasic(authorization: string, behaviour: CognitoBehaviour) {
  const encoded = /^Basic +([A-Za-z0-9+/=_-]+) *$/i.exec(authorization)?.[1];
  if (encoded === undefined) return [];
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  if (colon < 0) return [];
  const [id, secret] = [text.slice(0, colon), text.slice(colon + 1)];
  const decoded = { clientId: decodeFormText(id), secret: decodeFormText(secret) };
  if (!behaviour.allowsRawBasicCredentials) return [decoded];
  // A secret may hold "+", which URL-decoding makes a blank: take it as it is first.
  return [{ clientId: id, secret }, decoded];
}

function decodeFormText(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
}

function unauthenticated(reason: string): OAuthError {
  return { error: 'invalid_client', reason };
}

function invalid(reason: string): OAuthError {
  return { error: 'invalid_request', reason };
}
