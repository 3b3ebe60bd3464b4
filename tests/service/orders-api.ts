import { createVerifier, type PoolOptions } from '@cognito-m2m/verifier';
import { createFastifyGuard } from '@cognito-m2m/verifier/fastify';
import fastify from 'fastify';

/** Creates a small API that decides by the claims of its callers' tokens, without a database. */
export function createOrdersApi(pools: readonly PoolOptions[]) {
  const verifier = createVerifier({
    pools, // [{ issuer: 'https://cognito-idp.<region>.amazonaws.com/<pool id>', clientIds: null }]
    tokenUse: 'access',
    grant: 'client_credentials',
    requires: ['custom:organization_id'],
  });
  const guard = createFastifyGuard(verifier);
  const app = fastify();
  app.addHook('onReady', () => verifier.prefetch());

  app.get('/orders', { onRequest: guard.require({ all: ['orders/read'] }) }, (request) => {
    const { claims } = guard.tokenOf(request);
    return { organization: claims['custom:organization_id'], tier: claims.tier ?? 'free' };
  });

  app.post(
    '/approvals/:euros',
    { onRequest: guard.require({ all: ['orders/write'] }) },
    (request, reply) => {
      const { euros } = request.params as { euros: string };
      const { approval_limit: limit = 0 } = guard.tokenOf(request).claims;
      return Number(euros) <= limit
        ? { approved: true }
        : reply.code(403).send({ approved: false });
    },
  );
  return app;
}
