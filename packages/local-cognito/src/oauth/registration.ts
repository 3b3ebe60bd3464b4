import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { createLocalJWKSet, errors, jwtVerify } from 'jose';
import { z } from 'zod';
import { ANSWER_HEADERS, type OAuthError, toErrorBody } from '../net/oauth-answer.ts';
import { toHostName } from '../net/origin-guard.ts';
import type { UserPool } from '../pools/user-pool.ts';
import { createClientId } from '../state/local-state.ts';
import {
  defineClient,
  REGISTERED_CLIENT_TYPE,
  REGISTRATION_SCOPE,
} from '../state/pool-definition.ts';
import type { Core } from '../tokens/core.ts';

/** The setting of a pool, as the API has it. */
const setting = z.object({
  EnableStatus: z.enum(['ENABLED', 'DISABLED']).default('ENABLED'),
  OpenDcrEnabled: z.boolean().default(false),
  AuthenticatedGrantTypes: z.array(z.string()).default(['code', 'client_credentials']),
  OpenDcrGrantTypes: z.array(z.string()).default(['code']),
  AllowedScopes: z.array(z.string()).default([]),
});

/** The members of RFC 7591 that a client may send and that are acted on; others are ignored. */
const metadata = z.object({
  client_name: z
    .string()
    .regex(/^[\w\s+=,.@-]{1,128}$/)
    .default('registered-client'),
  grant_types: z.array(z.string()).default(['authorization_code']),
  redirect_uris: z.array(z.url()).default([]),
  scope: z.string().optional(),
  token_endpoint_auth_method: z
    .enum(['client_secret_basic', 'client_secret_post', 'none'])
    .default('client_secret_basic'),
});

type Setting = z.output<typeof setting>;
type Metadata = z.output<typeof metadata>;

/** Grants of RFC 7591 by the flow that the API calls them. */
const FLOWS: { readonly [grant: string]: string } = {
  authorization_code: 'code',
  client_credentials: 'client_credentials',
};

const OIDC_SCOPES = ['openid', 'email', 'phone', 'profile'];

/** True if clients may register themselves in a pool: its owner turned it on, and its plan allows it. */
export function allowsRegistration(pool: UserPool): boolean {
  return readSetting(pool) !== undefined;
}

/**
 * Serves the registration endpoint of each pool that allows it; of any other the address does not exist.
 *
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-dynamic-client-registration.html
 * @see https://www.rfc-editor.org/rfc/rfc7591
 */
export function registerRegistrationRoutes(app: FastifyInstance, core: Core): void {
  const { directory } = core;
  app.post<{ Params: { pool: string } }>('/:pool/oauth2/register', (request, reply) =>
    answer(core, directory.findPool(request.params.pool), request, reply),
  );
  app.post('/oauth2/register', (request, reply) => {
    const [only, ...others] = directory.pools;
    const pool = directory.findByHost(toHostName(request.headers.host));
    return answer(core, pool ?? (others.length === 0 ? only : undefined), request, reply);
  });
}

async function answer(
  core: Core,
  pool: UserPool | undefined,
  { headers, body }: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const allowed = pool && readSetting(pool);
  if (pool === undefined || allowed === undefined) {
    reply.callNotFound();
    return reply;
  }
  const token = /^Bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1];
  if (token === undefined ? !allowed.OpenDcrEnabled : !(await mayRegister(core, pool, token))) {
    return refuse(reply.header('www-authenticate', 'Bearer error="invalid_token"'), {
      error: 'invalid_token',
      status: 401,
      reason: `the request has no valid token with the scope ${REGISTRATION_SCOPE}`,
    });
  }
  const asked = metadata.safeParse(parseJson(body));
  if (!asked.success) return refuse(reply, toMetadataError(asked.error));
  const isOpen = token === undefined;
  const flows = isOpen ? allowed.OpenDcrGrantTypes : allowed.AuthenticatedGrantTypes;
  const problem = findProblem(asked.data, flows, allowed);
  if (problem !== undefined) return refuse(reply, problem);
  return reply
    .status(201)
    .headers(ANSWER_HEADERS)
    .send(JSON.stringify(await register(core, pool, asked.data, allowed)));
}

function readSetting({ members, plan }: UserPool): Setting | undefined {
  const read = setting.safeParse(members['DcrConfiguration']);
  const isOn = read.success && read.data.EnableStatus === 'ENABLED' && plan !== 'LITE';
  return isOn ? read.data : undefined;
}

/** True for a token that this server issued to a client of the pool with the scope that registration needs. */
async function mayRegister(core: Core, pool: UserPool, token: string): Promise<boolean> {
  const { keys } = await core.keys.keySet(pool);
  try {
    const { payload } = await jwtVerify(token, createLocalJWKSet({ keys: [...keys] }), {
      algorithms: ['RS256'],
      requiredClaims: ['exp', 'scope'],
      currentDate: new Date(core.clock()),
    });
    return String(payload['scope']).split(' ').includes(REGISTRATION_SCOPE);
  } catch (error) {
    if (error instanceof errors.JOSEError) return false;
    throw error;
  }
}

function findProblem(
  { grant_types, redirect_uris, token_endpoint_auth_method: method, scope }: Metadata,
  flows: readonly string[],
  { AllowedScopes }: Setting,
): OAuthError | undefined {
  const grants = grant_types.filter((grant) => grant !== 'refresh_token');
  const unknown = grants.find((grant) => !flows.includes(FLOWS[grant] ?? ''));
  if (unknown !== undefined || grants.length === 0) {
    return invalid('grant_types: this pool does not let registered clients use one of them');
  }
  const isMachine = grants.includes('client_credentials');
  if (isMachine && (grants.length > 1 || method === 'none')) {
    return invalid(
      'grant_types: client_credentials needs a client secret and cannot be combined with another grant',
    );
  }
  if (!isMachine && redirect_uris.length === 0) {
    return { ...invalid('redirect_uris: expected at least one'), error: 'invalid_redirect_uri' };
  }
  const known = isMachine ? AllowedScopes : [...OIDC_SCOPES, ...AllowedScopes];
  return toScopes(scope).every((name) => known.includes(name))
    ? undefined
    : invalid('scope: this pool does not let registered clients ask for one of them');
}

async function register(
  { change, directory, secrets }: Core,
  { key }: UserPool,
  asked: Metadata,
  { AllowedScopes }: Setting,
): Promise<object> {
  const { client_name, redirect_uris, token_endpoint_auth_method: method } = asked;
  const flows = asked.grant_types.flatMap((grant) => FLOWS[grant] ?? []);
  const scopes = asked.scope === undefined ? AllowedScopes : toScopes(asked.scope);
  const clientId = createClientId();
  const client = defineClient({
    key: clientId,
    clientId,
    clientSecret: method === 'none' ? null : undefined,
    name: client_name,
    scopes,
    flows,
    members: { ClientType: REGISTERED_CLIENT_TYPE, CallbackURLs: redirect_uris },
  });
  await change((pools) =>
    pools.map((pool) =>
      pool.key === key ? { ...pool, clients: [...pool.clients, client] } : pool,
    ),
  );
  const found = directory.findByClientId(clientId);
  const [secret] = found === undefined ? [] : secrets.list(found.pool, found.client);
  return {
    client_id: clientId,
    client_id_issued_at: found?.client.createdAt,
    // An undefined member is absent from the JSON. A secret does not expire.
    client_secret: secret?.value,
    client_secret_expires_at: secret && 0,
    client_name,
    grant_types: asked.grant_types,
    redirect_uris,
    response_types: flows.includes('code') ? ['code'] : [],
    scope: scopes.join(' '),
    token_endpoint_auth_method: method,
  };
}

function toScopes(scope = ''): string[] {
  return scope.split(' ').filter((name) => name !== '');
}

function toMetadataError({ issues }: z.ZodError): OAuthError {
  const members = issues.map(({ path }) => String(path[0] ?? 'the body'));
  const names = [...new Set(members)].join(', ');
  const refused = invalid(`missing or malformed: ${names}`);
  const isAddress = members.includes('redirect_uris');
  return isAddress ? { ...refused, error: 'invalid_redirect_uri' } : refused;
}

function invalid(reason: string): OAuthError {
  return { error: 'invalid_client_metadata', description: reason, reason };
}

function refuse(reply: FastifyReply, error: OAuthError): FastifyReply {
  return reply
    .status(error.status ?? 400)
    .headers(ANSWER_HEADERS)
    .send(JSON.stringify(toErrorBody(error)));
}

function parseJson(body: unknown): unknown {
  try {
    return JSON.parse(Buffer.isBuffer(body) ? body.toString('utf8') : '');
  } catch {
    return undefined;
  }
}
