import { randomUUID } from 'node:crypto';
import type { CognitoBehaviour } from '../model/behaviour.ts';
import { fail, type Outcome, succeed } from '../model/outcome.ts';
import type { OAuthError } from '../net/oauth-answer.ts';
import { type FoundClient, isClientSecret, type UserPool } from '../pools/user-pool.ts';
import type { Core } from '../tokens/core.ts';
import {
  type ClientMetadata,
  grantScopes,
  type IssuedToken,
  issueToken,
  toDescription,
} from '../tokens/issue-token.ts';
import type { TriggerFailure } from '../trigger/trigger-call.ts';

/** A token, or why the request is refused. */
export type TokenOutcome = Outcome<IssuedToken, OAuthError>;

/**
 * Answers one request of the token endpoint and records it in the journal.
 *
 * @param pool - `undefined` for the endpoint of all pools, where the client id says which one it is.
 *
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/token-endpoint.html
 */
export async function grantToken(
  core: Core,
  pool: UserPool | undefined,
  request: TokenHttpRequest,
): Promise<TokenOutcome> {
  const startedAt = core.clock();
  const authenticated = authenticate(core, pool, request);
  const outcome = authenticated.ok
    ? await grantTo(core, authenticated.value, request.host)
    : authenticated;
  const found = authenticated.ok ? authenticated.value : undefined;
  const issued = outcome.ok ? outcome.value : undefined;
  const refusal = outcome.ok ? undefined : outcome.failure;
  core.journal.add({
    startedAt,
    endedAt: core.clock(),
    via: 'oauth2/token',
    status: refusal === undefined ? 200 : (refusal.status ?? 400),
    poolName: (found?.pool ?? pool)?.name,
    clientId: found?.client.clientId,
    clientName: found?.client.name,
    scopes: issued?.scopes,
    customClaims: issued?.customClaims,
    ignoredClaims: issued?.ignoredClaims,
    error: refusal?.error,
    reason: refusal?.reason,
  });
  return outcome;
}

/** A client that has proved who it is, and what it asks for. */
interface Authenticated extends FoundClient {
  readonly form: Form;
}

function authenticate(
  core: Core,
  pool: UserPool | undefined,
  request: TokenHttpRequest,
): Outcome<Authenticated, OAuthError> {
  const form = readForm(request, core.behaviour);
  if (!form.ok) return form;
  const grantFault = checkGrantType(form.value);
  if (grantFault !== undefined) return fail(grantFault);
  const credentials = readClientCredentials(request.authorization, form.value, core.behaviour);
  if (!credentials.ok) return fail(describeKnown(core, pool, form.value, credentials.failure));
  const clients = credentials.value.flatMap(({ clientId, secret }) => {
    const found = findClient(core, pool, clientId);
    return found === undefined ? [] : [{ found, secret }];
  });
  for (const { found, secret } of clients) {
    if (!isClientSecret(core.secrets, found, secret)) continue;
    const mayUseGrant = found.client.flows.includes('client_credentials');
    const { pool: ownPool, client } = found;
    if (mayUseGrant) return succeed({ pool: ownPool, client, form: form.value });
    return fail({ error: 'unauthorized_client', reason: 'the client may not use this grant' });
  }
  return fail(clients.length === 0 ? UNKNOWN_CLIENT : wrongSecret(core.behaviour));
}

function findClient(
  { directory }: Core,
  pool: UserPool | undefined,
  clientId: string,
): FoundClient | undefined {
  const found = directory.findByClientId(clientId);
  return pool === undefined || found?.pool.userPoolId === pool.userPoolId ? found : undefined;
}

const UNKNOWN_CLIENT: OAuthError = {
  error: 'invalid_client',
  reason: 'the pool has no client with this id',
};

/** A known client gets another answer than an unknown one. */
function wrongSecret({ invalidSecretDescription }: CognitoBehaviour): OAuthError {
  return {
    error: 'invalid_client',
    description: invalidSecretDescription || undefined,
    reason: 'the client has no such secret',
  };
}

/** A request that names a known client and no secret is refused as one with a wrong secret. */
function describeKnown(
  core: Core,
  pool: UserPool | undefined,
  form: Form,
  failure: OAuthError,
): OAuthError {
  const named = form.get('client_id');
  const isKnown = named !== undefined && findClient(core, pool, named) !== undefined;
  return failure.error === 'invalid_client' && isKnown ? wrongSecret(core.behaviour) : failure;
}

function checkGrantType(form: Form): OAuthError | undefined {
  const grantType = form.get('grant_type');
  if (grantType === 'client_credentials') return undefined;
  if (grantType === undefined) {
    return { error: 'invalid_request', reason: 'the request has no grant_type' };
  }
  if (grantType === 'refresh_token' && !form.has('refresh_token')) {
    return { error: 'invalid_request', reason: 'the request has no refresh_token' };
  }
  // These exist in Amazon Cognito; a client-credentials client has no right to them.
  return grantType === 'authorization_code' || grantType === 'refresh_token'
    ? { error: 'unauthorized_client', reason: `the client may not use ${grantType}` }
    : { error: 'unsupported_grant_type', reason: 'the grant type is not client_credentials' };
}

async function grantTo(
  core: Core,
  { pool, client, form }: Authenticated,
  host: string | undefined,
): Promise<TokenOutcome> {
  const requested = (form.get('scope') ?? '').split(' ').filter((scope) => scope !== '');
  const scopes = grantScopes(requested, client.scopes, core.behaviour);
  if (scopes === undefined) {
    return fail({ error: 'invalid_scope', reason: 'the client may not have one of the scopes' });
  }
  const metadataText = form.get('aws_client_metadata');
  const metadata = metadataText === undefined ? undefined : parseClientMetadata(metadataText);
  const isMalformed = metadataText !== undefined && metadata === undefined;
  if (isMalformed && core.behaviour.malformedMetadata === 'refuse') {
    return fail({
      error: 'invalid_request',
      reason: 'aws_client_metadata is not a JSON object of strings',
    });
  }
  const granted = { pool, client, scopes, metadata, via: 'oauth2/token', host } as const;
  const issued = await issueToken(granted, core);
  return issued.ok ? issued : fail(toOAuthError(core, issued.failure));
}

function toOAuthError({ behaviour }: Core, failure: TriggerFailure): OAuthError {
  const { triggerFailureBody, triggerFailureError, triggerFailureStatus: status } = behaviour;
  const text = toDescription(failure, behaviour);
  const reason = failure.message;
  if (triggerFailureBody === 'error')
    return { error: `${text}${suffixOf(failure)}`, status, reason };
  const description = triggerFailureBody === 'description' ? text : undefined;
  return { error: triggerFailureError, status, description, reason };
}

/** What real pools add to the message of a trigger that threw. */
function suffixOf({ kind }: TriggerFailure): string {
  if (kind !== 'refused') return '';
  return ` (Service: AWSCognitoIdentityProviderInternalService; Status Code: 400; Error Code: UserLambdaValidationException; Request ID: ${randomUUID()}; Proxy: null)`;
}

/** Parameters by name; none is empty. */
type Form = ReadonlyMap<string, string>;

/** Pairs of id and secret, the likeliest first: a `Basic` header can be read in more than one way. */
type CredentialCandidates = readonly {
  readonly clientId: string;
  readonly secret: string;
}[];

/** One HTTP request for a token. */
interface TokenHttpRequest {
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
function readForm(
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
function readClientCredentials(
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
function parseClientMetadata(text: string): ClientMetadata | undefined {
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
