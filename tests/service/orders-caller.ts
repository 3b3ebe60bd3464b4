import { createTokenClient, type TokenClientOptions } from '@cognito-m2m/token-client';

/** Creates a service that calls the orders API under its own name: it asks for a token when it needs one. */
export function createOrdersCaller(
  api: string,
  options: Pick<TokenClientOptions, 'endpoint' | 'credentials'>,
) {
  const tokens = createTokenClient(options);
  const call = tokens.createFetch({ origins: [api], scopes: ['orders/read', 'orders/write'] });
  return {
    async readOrders(): Promise<unknown> {
      const response = await call(`${api}/orders`);
      return response.json();
    },
    async approve(euros: number): Promise<boolean> {
      const { ok } = await call(`${api}/approvals/${euros}`, { method: 'POST' });
      return ok;
    },
    stats: tokens.stats,
  };
}
