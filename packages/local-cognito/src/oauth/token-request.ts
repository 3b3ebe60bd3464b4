import type { CognitoBehaviour } from '../model/behaviour.ts';
import { fail, type Outcome, succeed } from '../model/outcome.ts';
import type { OAuthError } from '../net/oauth-answer.ts';
import type { ClientMetadata } from '../trigger/trigger-event.ts';

/** Parameters by name; none is empty. */
export type Form = ReadonlyMap<string, string>;

/** Pairs of id and secret, the likeliest first: a `Basic` header can be read in more than one way. */
export type CredentialCandidates = readonly {
  readonly clientId: string;
  readonly secret: string;
}[];

/** One HTTP request for a token. */
export interface TokenHttpRequest {
  readonly contentType: string | undefined;
  readonly authorization: string | undefined;
  readonly host: string | undefined;
  /** What follows the question mark of the request target; empty if there is none. */
  readonly query: string;
  readonly body: string;
}

/**
 * Reads the parameters of the query string and of a form-encoded body, unless `behaviour` says otherwise: no parameter twice, an
 * empty one counts as absent.
 *
 * @see https://www.rfc-editor.org/rfc/rfc6749#section-3.2
 */
export function readForm(
  { contentType, query, body }: TokenHttpRequest,
  { queryParameters, repeatedParameters, emptyParameters }: CognitoBehaviour,
): Outcome<Form, OAuthError> {
  const inQuery = queryParameters === 'accept' ? query : '';
  const isForm = isFormEncoded(contentType);
  if (!isForm && !(inQuery !== '' && body === '')) {
    return invalid('the content type is not application/x-www-form-urlencoded');
  }
  const form = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(`${inQuery}&${isForm ? body : ''}`)) {
    const isRepeated = form.has(name);
    if (isRepeated && repeatedParameters === 'refuse') return invalid('a parameter occurs twice');
    if (value === '' && emptyParameters === 'malformed') return invalid('a parameter is empty');
    if (!isRepeated || repeatedParameters === 'last') form.set(name, value);
  }
  for (const [name, value] of form) if (value === '') form.delete(name);
  return succeed(form);
}

function isFormEncoded(contentType: string | undefined): boolean {
  const mediaType = contentType?.split(';')[0]?.trim().toLowerCase();
  return mediaType === 'application/x-www-form-urlencoded';
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
): Outcome<CredentialCandidates, OAuthError> {
  const bodyId = form.get('client_id');
  const bodySecret = form.get('client_secret');
  if (authorization === undefined) {
    if (bodyId === undefined || bodySecret === undefined) {
      return unauthenticated('the request has no client_id and client_secret');
    }
    return succeed([{ clientId: bodyId, secret: bodySecret }]);
  }
  if (bodySecret !== undefined) return invalid('the client authenticates in two ways');
  const candidates = readBasic(authorization, behaviour);
  if (candidates.length === 0) return unauthenticated('the Authorization header is not Basic');
  if (bodyId === undefined) return succeed(candidates);
  const isSame = candidates.some(({ clientId }) => clientId === bodyId);
  return behaviour.allowsRepeatedClientId && isSame
    ? succeed(candidates)
    : invalid('client_id occurs in the header and in the body');
}

function readBasic(authorization: string, behaviour: CognitoBehaviour): CredentialCandidates {
  const encoded = /^Basic +([A-Za-z0-9+/=_-]+) *$/i.exec(authorization)?.[1];
  if (encoded === undefined) return [];
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  if (colon < 0) return [];
  const [id, secret] = [text.slice(0, colon), text.slice(colon + 1)];
  const decoded = { clientId: decodeFormText(id), secret: decodeFormText(secret) };
  if (!behaviour.allowsRawBasicCredentials) return [decoded];
  // A secret may contain "+", which URL-decoding turns into a space: try it as it is first.
  return [{ clientId: id, secret }, decoded];
}

function decodeFormText(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
}

/**
 * Reads `aws_client_metadata`: a JSON object whose values are strings.
 *
 * @returns `undefined` for anything else.
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/token-endpoint.html
 */
export function parseClientMetadata(text: string): ClientMetadata | undefined {
  const value = parseJson(text);
  return isClientMetadata(value) ? value : undefined;
}

function isClientMetadata(value: unknown): value is ClientMetadata {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return Object.values(value).every((member) => typeof member === 'string');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function unauthenticated(reason: string): Outcome<never, OAuthError> {
  return fail({ error: 'invalid_client', reason });
}

function invalid(reason: string): Outcome<never, OAuthError> {
  return fail({ error: 'invalid_request', reason });
}
