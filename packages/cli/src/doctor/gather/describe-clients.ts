import {
  type CognitoIdentityProviderClient,
  ListUserPoolClientSecretsCommand,
  type UserPoolClientType,
} from '@aws-sdk/client-cognito-identity-provider';
import { type AppClientKey, readAppClients } from '../../cognito/read-app-clients.ts';
import type { OptionalReads } from '../../target/optional-reads.ts';
import type { AppClientView } from '../deployment-view.ts';

/**
 * Describes every app client of a pool, and how old its secrets are, as far as that can be read.
 *
 * @param onProgress - Called after each client with the number so far.
 */
export async function describeClients(
  client: CognitoIdentityProviderClient,
  pool: { readonly name: string; readonly userPoolId: string },
  reads: OptionalReads,
  onProgress: (count: number) => void,
): Promise<AppClientView[]> {
  let hasAges = true;
  const read = async (described: UserPoolClientType, key: AppClientKey) => {
    // Who can't list the secrets of one client can't list those of the next.
    const answer = hasAges
      ? await reads.read(
          `secret age in ${pool.name}`,
          client.send(new ListUserPoolClientSecretsCommand(key)),
        )
      : undefined;
    hasAges &&= answer !== undefined;
    const times = answer?.ClientSecrets?.flatMap(
      ({ ClientSecretCreateDate }) => ClientSecretCreateDate?.getTime() ?? [],
    );
    return toView(described, times ?? []);
  };
  return readAppClients(client, pool.userPoolId, read, onProgress);
}

function toView(described: UserPoolClientType, secretTimes: readonly number[]): AppClientView {
  return {
    clientId: described.ClientId ?? '',
    name: described.ClientName ?? '',
    hasSecret: described.ClientSecret !== undefined,
    isOAuthEnabled: described.AllowedOAuthFlowsUserPoolClient === true,
    oauthFlows: described.AllowedOAuthFlows ?? [],
    authFlows: described.ExplicitAuthFlows ?? [],
    scopes: described.AllowedOAuthScopes ?? [],
    ...(secretTimes.length > 0 && { oldestSecretAt: Math.min(...secretTimes) }),
  };
}
