import type { CognitoBehaviour } from '../behaviour.ts';
import type { Core } from '../core.ts';
import { isClientSecret } from '../pools/authenticate-client.ts';
import type { AppClient, UserPool } from '../pools/user-pool.ts';
import { grantScopes } from '../tokens/granted-scopes.ts';
import { type IssueResult, issueToken, type TriggerFailure } from '../tokens/issue-token.ts';
import { readClientCredentials } from './client-authentication.ts';
import { parseClientMetadata } from './client-metadata.ts';
import { type Form, readForm } from './form.ts';
import type { OAuthError } from './oauth-error.ts';

/** One HTTP request for a token. */
export interface TokenHttpRequest {
  readonly contentType: string | undefined;
  readonly authorization: string | undefined;
  readonly body: string;
}

/** A granted token, or why it was refused; the client as far as it is known by then. */
export interface GrantResult {
  readonly client?: AppClient;
  readonly result: OAuthError | Extract<IssueResult, { isIssued: true }>;
}

/**
 * Answers one request of the token endpoint.
 *
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/token-endpoint.html
 */
export async function grantToken(
  core: Core,
  pool: UserPool,
  request: TokenHttpRequest,
): Promise<GrantResult> {
  const form = readForm(request.contentType, request.body, core.behaviour);
  if ('error' in form) return { result: form };
  const grantFault = checkGrantType(form.get('grant_type'));
  if (grantFault !== undefined) return { result: grantFault };
  const client = authenticate(core, pool, request.authorization, form);
  if ('error' in client) return { result: client };
  return { client, result: await grantTo(core, pool, client, form) };
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

function authenticate(
  core: Core,
  pool: UserPool,
  authorization: string | undefined,
  form: Form,
): AppClient | OAuthError {
  const credentials = readClientCredentials(authorization, form, core.behaviour);
  if ('error' in credentials) return credentials;
  for (const { clientId, secret } of credentials.candidates) {
    const client = core.directory.findClient(pool, clientId);
    if (client && isClientSecret(core.secrets, pool, client, secret)) return client;
  }
  return { error: 'invalid_client', reason: 'no client of this pool has this id and secret' };
}

async function grantTo(
  core: Core,
  pool: UserPool,
  client: AppClient,
  form: Form,
): Promise<GrantResult['result']> {
  const requested = (form.get('scope') ?? '').split(' ').filter((scope) => scope !== '');
  const scopes = grantScopes(requested, client.scopes, core.behaviour);
  if (scopes === undefined) {
    return { error: 'invalid_scope', reason: 'the client may not have one of the scopes' };
  }
  const metadataText = form.get('aws_client_metadata');
  const metadata = metadataText === undefined ? undefined : parseClientMetadata(metadataText);
  const isMalformed = metadataText !== undefined && metadata === undefined;
  if (isMalformed && core.behaviour.malformedMetadata === 'refuse') {
    const reason = 'aws_client_metadata is no JSON object of texts';
    return { error: 'invalid_request', reason };
  }
  const issued = await issueToken({ pool, client, scopes, metadata, via: 'oauth2/token' }, core);
  return issued.isIssued ? issued : toOAuthError(core, issued.failure);
}

function toOAuthError({ behaviour }: Core, failure: TriggerFailure): OAuthError {
  return {
    error: behaviour.triggerFailureError,
    status: behaviour.triggerFailureStatus,
    ...(behaviour.hasTriggerFailureDescription && {
      description: toDescription(failure, behaviour),
    }),
    reason: failure.message,
  };
}

/** The texts that Amazon Cognito uses for a trigger that fails. */
export function toDescription(
  { kind, message }: TriggerFailure,
  { triggerTimeoutDescription }: CognitoBehaviour,
): string {
  if (kind === 'refused') return `PreTokenGeneration failed with error ${message}.`;
  if (kind === 'malformed-answer') return 'Unrecognizable lambda output';
  return triggerTimeoutDescription;
}
