import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { withoutUndefined } from '../model/without-undefined.ts';
import { isOwnMachine } from '../net/origin-guard.ts';
import { allowsRegistration } from '../oauth/registration.ts';
import type { UserPool } from '../pools/user-pool.ts';
import type { Core } from '../tokens/core.ts';

/** Where a running server describes itself, secrets included, to the command line on the same machine. */
const DEPLOYMENT_PATH = '/.local-cognito/deployment';

/**
 * Serves what the server says about itself: its health, the keys and the issuer of each pool, and to programs on its own
 * machine its deployment and the faults that it shall answer with.
 *
 * @param describe - What the server says of its deployment.
 */
export function registerServerRoutes(
  app: FastifyInstance,
  core: Core,
  describe: () => object,
): void {
  registerHealthRoute(app);
  registerDiscoveryRoutes(app, core);
  registerDeploymentRoute(app, describe);
  registerFaultsRoute(app, core);
}

/** Answers whoever waits for the server to start. */
function registerHealthRoute(app: FastifyInstance): void {
  app.get('/health', async (_request, reply) => {
    reply.header('cache-control', 'no-store');
    return { status: 'ok' };
  });
}

/**
 * Serves the description of the running server to callers on its own machine; to any other the address does not exist.
 *
 * @param describe - What to answer: the description without its functions.
 */
function registerDeploymentRoute(app: FastifyInstance, describe: () => object): void {
  app.get(DEPLOYMENT_PATH, async (request, reply) => {
    if (!isOwnMachine(request.raw)) return reply.callNotFound();
    reply.header('cache-control', 'no-store');
    return describe();
  });
}

const faultInput = z.strictObject({
  count: z.int().min(1).optional(),
  status: z.int().min(200).max(599).optional(),
  body: z.union([z.string(), z.record(z.string(), z.unknown())]).optional(),
  headers: z.record(z.string(), z.string()).optional(),
  delayMs: z.int().min(0).max(600_000).optional(),
  reset: z.boolean().optional(),
});

/** Takes the faults that programs on this machine ask for; to any other the address does not exist. */
function registerFaultsRoute(app: FastifyInstance, { faults }: Core): void {
  app.post('/.local-cognito/faults', async (request, reply) => {
    if (!isOwnMachine(request.raw)) return reply.callNotFound();
    const fault = faultInput.safeParse(parseJson(request.body));
    if (!fault.success) {
      return reply.status(400).send({ error: 'invalid_request', faults: fault.error.issues });
    }
    faults.add(withoutUndefined(fault.data));
    return reply.status(204).send();
  });
}

function parseJson(body: unknown): unknown {
  try {
    return JSON.parse(Buffer.isBuffer(body) ? body.toString('utf8') : '');
  } catch {
    return undefined;
  }
}

/**
 * Serves the key set and the discovery document of each pool.
 *
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/federation-endpoints.html
 */
function registerDiscoveryRoutes(app: FastifyInstance, core: Core): void {
  app.get<{ Params: { pool: string } }>('/:pool/.well-known/jwks.json', async (request, reply) => {
    const pool = core.directory.findPool(request.params.pool);
    if (pool === undefined) return reply.callNotFound();
    return core.keys.keySet(pool);
  });

  app.get<{ Params: { pool: string } }>(
    '/:pool/.well-known/openid-configuration',
    async (request, reply) => {
      const { host } = request.headers;
      const pool = core.directory.findPool(request.params.pool);
      if (pool === undefined) return reply.callNotFound();
      return toDiscoveryDocument(pool, core.issuerOf(pool, host), core.baseUrl(host));
    },
  );
}

// The members and their order are those of a real pool; strict clients refuse a smaller document. Only the token endpoint and
// the registration endpoint are served.
function toDiscoveryDocument(pool: UserPool, issuer: string, baseUrl: string): object {
  const domain = `${baseUrl}/${pool.userPoolId}`;
  return {
    authorization_endpoint: `${domain}/oauth2/authorize`,
    end_session_endpoint: `${domain}/logout`,
    id_token_signing_alg_values_supported: ['RS256'],
    issuer,
    jwks_uri: `${domain}/.well-known/jwks.json`,
    // An undefined member is absent from the JSON.
    registration_endpoint: allowsRegistration(pool) ? `${domain}/oauth2/register` : undefined,
    response_types_supported: ['code', 'token'],
    revocation_endpoint: `${domain}/oauth2/revoke`,
    scopes_supported: ['openid', 'email', 'phone', 'profile'],
    subject_types_supported: ['public'],
    token_endpoint: `${domain}/oauth2/token`,
    token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
    userinfo_endpoint: `${domain}/oauth2/userInfo`,
  };
}
