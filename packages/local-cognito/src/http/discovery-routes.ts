import type { FastifyInstance } from 'fastify';
import { isLoopback } from '../net/origin-guard.ts';
import type { UserPool } from '../pools/user-pool.ts';
import type { Core } from '../tokens/core.ts';

/** Where a running server describes itself, secrets included, to the command line on the same machine. */
export const DEPLOYMENT_PATH = '/.local-cognito/deployment';

/**
 * Serves the description of the running server to callers on its own machine; to any other the address does not exist.
 *
 * @param describe - What to answer: the description without its functions.
 */
export function registerDeploymentRoute(app: FastifyInstance, describe: () => object): void {
  app.get(DEPLOYMENT_PATH, async (request, reply) => {
    // The address of the connection itself: a header such as X-Forwarded-For is the caller's word.
    if (!isLoopback(request.socket.remoteAddress ?? '')) return reply.callNotFound();
    reply.header('cache-control', 'no-store');
    return describe();
  });
}

/**
 * Serves the key set and the discovery document of each pool.
 *
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/federation-endpoints.html
 */
export function registerDiscoveryRoutes(
  app: FastifyInstance,
  core: Core,
  baseUrl: () => string,
): void {
  app.get<{ Params: { pool: string } }>('/:pool/.well-known/jwks.json', async (request, reply) => {
    const pool = core.directory.findPool(request.params.pool);
    if (pool === undefined) return reply.callNotFound();
    return core.keys.keySet(pool);
  });

  app.get<{ Params: { pool: string } }>(
    '/:pool/.well-known/openid-configuration',
    async (request, reply) => {
      const pool = core.directory.findPool(request.params.pool);
      if (pool === undefined) return reply.callNotFound();
      return toDiscoveryDocument(pool, core.issuerOf(pool), baseUrl());
    },
  );
}

// No authorization endpoint: there is no user to send to one.
function toDiscoveryDocument(pool: UserPool, issuer: string, baseUrl: string): object {
  return {
    grant_types_supported: ['client_credentials'],
    id_token_signing_alg_values_supported: ['RS256'],
    issuer,
    jwks_uri: `${baseUrl}/${pool.userPoolId}/.well-known/jwks.json`,
    response_types_supported: ['token'],
    scopes_supported: [...new Set(pool.clients.flatMap(({ scopes }) => scopes))],
    subject_types_supported: ['public'],
    token_endpoint: `${baseUrl}/${pool.userPoolId}/oauth2/token`,
    token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
  };
}
