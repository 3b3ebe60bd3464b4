import type { PoolOptions } from '@cognito-m2m/verifier';
import { createFastifyGuard } from '@cognito-m2m/verifier/fastify';
import fastify from 'fastify';
import { createVerifier } from './fixture-verifier.ts';

/** The claims that this API reads, as `consumers/orders-api.json` lists them: no change of the contract may break them. */
export const ORDERS_CLAIMS = ['approval_limit', 'custom:organization_id', 'tier'] as const;

const APPROVAL = {
  params: { type: 'object', properties: { euros: { type: 'integer', minimum: 1 } } },
};

/** Creates a small API that decides by the claims of its callers' tokens, without a database. */
export function createOrdersApi(pools: readonly PoolOptions[]) {
  const verifier = createVerifier({
    pools, // [{ issuer: 'https://cognito-idp.<region>.amazonaws.com/<pool id>', clientIds: null }]
    tokenUse: 'access',
    grant: 'client_credentials',
    reads: ORDERS_CLAIMS,
    requires: ['custom:organization_id'],
  });
  const guard = createFastifyGuard(verifier);
  const app = fastify();
  // A pool that can't be read now is tried again at its first token.
  app.addHook('onReady', () => verifier.prefetch().catch((error) => app.log.warn(error)));

  app.get('/orders', { onRequest: guard.require({ all: ['orders/read'] }) }, (request) => {
    const { claims } = guard.tokenOf(request);
    return { organization: claims['custom:organization_id'], tier: claims.tier ?? 'free' };
  });

  app.post(
    '/approvals/:euros',
    { onRequest: guard.require({ all: ['orders/write'] }), schema: APPROVAL },
    (request, reply) => {
      const { euros } = request.params as { euros: number };
      const { approval_limit: limit = 0 } = guard.tokenOf(request).claims;
      return euros <= limit ? { approved: true } : reply.code(403).send({ approved: false });
    },
  );
  return app;
}
