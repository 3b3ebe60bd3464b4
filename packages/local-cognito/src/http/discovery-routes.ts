import type { FastifyInstance } from 'fastify';
import type { Core } from '../core.ts';
import type { UserPool } from '../pools/user-pool.ts';

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
