import type { Environment } from '@cognito-m2m/environment';
import { createTokenClient } from '@cognito-m2m/token-client';
import { mapIssuers } from '../environment/own-issuers.ts';
import { startLocalCognito } from '../start-local-cognito.ts';

/** A pool that stands in for every issuer of users' tokens that an environment declares. */
export interface DemoUsers {
  /** The environment, with this pool as the issuer. */
  readonly environment: Environment;
  /** Issues a user token. */
  requestToken(): Promise<string>;
  close(): Promise<void>;
}

/** Starts the users' pool. Its only client is the user: local Cognito has no sign-in. */
export async function startDemoUsers(environment: Environment): Promise<DemoUsers> {
  const cognito = await startLocalCognito({
    region: environment.region,
    pools: { users: { clients: { user: { scopes: ['users/use'] } } } },
  });
  const [pool] = cognito.pools;
  const { issuer = '', tokenEndpoint = '' } = pool ?? {};
  const { clientId = '', clientSecret = '' } = pool?.clients[0] ?? {};
  const tokens = createTokenClient({
    endpoint: { tokenEndpoint },
    credentials: () => ({ clientId, clientSecret }),
  });
  return {
    environment: mapIssuers(environment, ({ name }) => ({
      name,
      issuer,
      clientIds: [clientId],
      audience: [],
      tokenUse: 'access',
    })),
    requestToken: async () => (await tokens.get()).accessToken,
    close: () => cognito.close(),
  };
}
