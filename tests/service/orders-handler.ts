import type { PoolOptions } from '@cognito-m2m/verifier';
import { createMiddyGuard } from '@cognito-m2m/verifier/middy';
import middy from '@middy/core';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { createVerifier } from './fixture-verifier.ts';

/** Creates a Lambda handler behind API Gateway that lets readers of orders in. */
export function createOrdersHandler(pools: readonly PoolOptions[]) {
  const verifier = createVerifier({
    pools,
    tokenUse: 'access',
    grant: 'client_credentials',
    reads: ['tier'],
  });
  const guard = createMiddyGuard(verifier);

  return middy<APIGatewayProxyEventV2>()
    .use(guard.require({ any: ['orders/read', 'orders/admin'] }))
    .handler(async (_event, context) => {
      const { claims } = guard.tokenOf(context);
      return { statusCode: 200, body: claims.tier ?? 'free' };
    });
}
