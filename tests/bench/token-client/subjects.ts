import type { SecretsManager } from '@aws-sdk/client-secrets-manager';
import { OAuth2Client, OAuth2Fetch } from '@badgateway/oauth2-client';
import { createTokenClient, secretsManagerCredentials } from '@cognito-m2m/token-client';
import * as openid from 'openid-client';
import { ClientCredentials } from 'simple-oauth2';
import type { FoundClient } from '../../support/token.ts';
import { simulatedMs } from './simulated-date.ts';

/** Gets a token for a tenant as one service does. */
export type GetToken = (tenant: string) => Promise<string>;

/** What a subject may use. */
export interface SubjectContext {
  readonly client: FoundClient;
  readonly secretId: string;
  readonly secretsManager: SecretsManager;
}

/** A way to get tokens, set up as its documentation shows. */
export interface Subject {
  readonly name: string;
  readonly create: (context: SubjectContext) => Promise<GetToken> | GetToken;
}

const SCOPE = 'orders/read';

/** How long before its end a token is replaced by those that keep one, in seconds: what their pages show. */
const WINDOW_SECONDS = 60;

/** Every way, ours last. */
export const subjects: readonly Subject[] = [
  {
    name: 'no cache',
    create:
      ({ client }) =>
      (tenant) =>
        request(client, tenant).then(({ token }) => token),
  },
  { name: 'openid-client', create: createOpenidClient },
  { name: 'simple-oauth2', create: createSimpleOauth },
  { name: '@badgateway/oauth2-client', create: createBadgateway },
  {
    name: 'cache keyed by client and scope',
    create: ({ client }) => createKeyedCache(client, () => SCOPE),
  },
  { name: '@cognito-m2m/token-client', create: createOurs },
];

function metadataOf(tenant: string) {
  return { aws_client_metadata: JSON.stringify({ tenant }) };
}

async function request({ clientId, clientSecret, pool }: FoundClient, tenant: string) {
  const body = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: clientId,
    client_secret: clientSecret,
    scope: SCOPE,
    ...metadataOf(tenant),
  });
  const response = await fetch(pool.tokenEndpoint, { method: 'POST', body });
  const { access_token: token, expires_in: lifeSeconds } = Object(await response.json());
  if (!response.ok) throw new Error(`status ${response.status}`);
  return { token: String(token), lifeSeconds: Number(lifeSeconds) };
}

// It keeps no tokens: its page asks for one at each use.
async function createOpenidClient({ client }: SubjectContext): Promise<GetToken> {
  const { clientId, clientSecret, pool } = client;
  const authentication = openid.ClientSecretPost(clientSecret);
  const execute = [openid.allowInsecureRequests];
  const url = new URL(pool.issuer);
  const config = await openid.discovery(url, clientId, undefined, authentication, { execute });
  return async (tenant) => {
    const parameters = { scope: SCOPE, ...metadataOf(tenant) };
    const { access_token: token } = await openid.clientCredentialsGrant(config, parameters);
    return token;
  };
}

// Its page keeps one token and asks `expired` before each use.
function createSimpleOauth({ client }: SubjectContext): GetToken {
  const { origin, pathname } = new URL(client.pool.tokenEndpoint);
  const oauth = new ClientCredentials({
    client: { id: client.clientId, secret: client.clientSecret },
    auth: { tokenHost: origin, tokenPath: pathname },
    options: { authorizationMethod: 'body' },
  });
  let kept: Awaited<ReturnType<typeof oauth.getToken>> | undefined;
  return async (tenant) => {
    if (kept === undefined || kept.expired(WINDOW_SECONDS)) {
      kept = await oauth.getToken({ scope: SCOPE, ...metadataOf(tenant) });
    }
    return kept.token.access_token;
  };
}

// It keeps one token, and asks once for all callers.
function createBadgateway({ client }: SubjectContext): GetToken {
  const { clientId, clientSecret, pool } = client;
  const tokenEndpoint = pool.tokenEndpoint;
  const oauth = new OAuth2Client({ clientId, clientSecret, tokenEndpoint });
  let tenant = '';
  const fetching = new OAuth2Fetch({
    client: oauth,
    scheduleRefresh: false,
    getNewToken: () => oauth.clientCredentials({ scope: [SCOPE], extraParams: metadataOf(tenant) }),
  });
  return (wanted) => {
    tenant = wanted;
    return fetching.getAccessToken();
  };
}

// As samples for Amazon Cognito do it: a map, a window before the end, metadata forgotten.
function createKeyedCache(client: FoundClient, keyOf: (tenant: string) => string): GetToken {
  const kept = new Map<string, { readonly token: string; readonly untilMs: number }>();
  return async (tenant) => {
    const key = keyOf(tenant);
    const found = kept.get(key);
    if (found !== undefined && Date.now() < found.untilMs) return found.token;
    const { token, lifeSeconds } = await request(client, tenant);
    kept.set(key, { token, untilMs: Date.now() + (lifeSeconds - WINDOW_SECONDS) * 1_000 });
    return token;
  };
}

function createOurs({ client, secretId, secretsManager }: SubjectContext): GetToken {
  const tokens = createTokenClient({
    endpoint: { tokenEndpoint: client.pool.tokenEndpoint },
    credentials: secretsManagerCredentials({ client: secretsManager, secretId }),
    time: { now: () => Date.now(), monotonic: simulatedMs },
  });
  return async (tenant) => {
    const { accessToken } = await tokens.get({ scopes: [SCOPE], metadata: { tenant } });
    return accessToken;
  };
}
