import type { TokenIssuer } from '@cognito-m2m/claim-schema';
import type { Environment } from '@cognito-m2m/environment';

/** Replaces the issuers of users' tokens in an environment, where pools declare them and where clients use them. */
export function mapIssuers(
  environment: Environment,
  change: (issuer: TokenIssuer) => TokenIssuer,
): Environment {
  return {
    ...environment,
    pools: environment.pools.map((pool) => ({
      ...pool,
      tokenIssuers: pool.tokenIssuers.map(change),
      clients: pool.clients.map((client) => ({
        ...client,
        claimsFromToken: client.claimsFromToken && {
          ...client.claimsFromToken,
          issuer: change(client.claimsFromToken.issuer),
        },
      })),
    })),
  };
}
