import { fail, type Outcome, succeed } from '../model/outcome.ts';
import type { OAuthError } from '../net/oauth-answer.ts';
import { type AppClient, isClientSecret, type UserPool } from '../pools/user-pool.ts';
import type { Core } from '../tokens/core.ts';
import { type IssuedToken, issueToken, toDescription } from '../tokens/issue-token.ts';
import { grantScopes } from '../tokens/token-content.ts';
import type { TriggerFailure } from '../trigger/trigger-call.ts';
import {
  type Form,
  parseClientMetadata,
  readClientCredentials,
  readForm,
} from './token-request.ts';

/** One HTTP request for a token. */
export interface TokenHttpRequest {
  readonly contentType: string | undefined;
  readonly authorization: string | undefined;
  readonly body: string;
}

/** A token, or why the request is refused. */
export type TokenOutcome = Outcome<IssuedToken, OAuthError>;

/**
 * Answers one request of the token endpoint and records it in the journal.
 *
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/token-endpoint.html
 */
export async function grantToken(
  core: Core,
  pool: UserPool,
  request: TokenHttpRequest,
): Promise<TokenOutcome> {
  const startedAt = core.clock();
  const authenticated = authenticate(core, pool, request);
  const outcome = authenticated.ok ? await grantTo(core, pool, authenticated.value) : authenticated;
  const durationMs = core.clock() - startedAt;
  core.journal.add(() => ({
    at: new Date(startedAt).toISOString(),
    via: 'oauth2/token',
    status: outcome.ok ? 200 : (outcome.failure.status ?? 400),
    durationMs,
    poolName: pool.name,
    ...(authenticated.ok ? describeClient(authenticated.value.client) : undefined),
    ...describeOutcome(outcome),
  }));
  return outcome;
}

/** A client that has proved who it is, and what it asks for. */
interface Authenticated {
  readonly client: AppClient;
  readonly form: Form;
}

function authenticate(
  core: Core,
  pool: UserPool,
  { contentType, authorization, body }: TokenHttpRequest,
): Outcome<Authenticated, OAuthError> {
  const form = readForm(contentType, body, core.behaviour);
  if (!form.ok) return form;
  const grantFault = checkGrantType(form.value.get('grant_type'));
  if (grantFault !== undefined) return fail(grantFault);
  const credentials = readClientCredentials(authorization, form.value, core.behaviour);
  if (!credentials.ok) return credentials;
  for (const { clientId, secret } of credentials.value) {
    const client = core.directory.findClient(pool, clientId);
    if (client && isClientSecret(core.secrets, pool, client, secret)) {
      return succeed({ client, form: form.value });
    }
  }
  return fail({
    error: 'invalid_client',
    reason: 'no client of this pool has this id and secret',
  });
}

function checkGrantType(grantType: string | undefined): OAuthError | undefined {
  if (grantType === 'client_credentials') return undefined;
  if (grantType === undefined) {
    return { error: 'invalid_request', reason: 'the request has no grant_type' };
  }
  // These exist in Amazon Cognito; a client-credentials client has no right to them.
  return grantType === 'authorization_code' || grantType === 'refresh_token'
    ? { error: 'unauthorized_client', reason: `the client may not use ${grantType}` }
    : { error: 'unsupported_grant_type', reason: 'the grant type is not client_credentials' };
}

async function grantTo(
  core: Core,
  pool: UserPool,
  { client, form }: Authenticated,
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
  const issued = await issueToken({ pool, client, scopes, metadata, via: 'oauth2/token' }, core);
  return issued.ok ? issued : fail(toOAuthError(core, issued.failure));
}

function toOAuthError({ behaviour }: Core, failure: TriggerFailure): OAuthError {
  const { triggerFailureError, triggerFailureStatus, hasTriggerFailureDescription } = behaviour;
  return {
    error: triggerFailureError,
    status: triggerFailureStatus,
    description: hasTriggerFailureDescription ? toDescription(failure, behaviour) : undefined,
    reason: failure.message,
  };
}

function describeClient({ clientId, name }: AppClient) {
  return { clientId, clientName: name };
}

function describeOutcome(outcome: TokenOutcome) {
  if (!outcome.ok) return { error: outcome.failure.error, reason: outcome.failure.reason };
  const { payload, customClaims, ignoredClaims } = outcome.value;
  return { scopes: String(payload['scope']).split(' '), customClaims, ignoredClaims };
}
