import {
  type CognitoIdentityProviderClient,
  ListUserPoolClientSecretsCommand,
  type UserPoolClientType,
} from '@aws-sdk/client-cognito-identity-provider';
import { type AppClientKey, readAppClients } from '../../cognito/read-app-clients.ts';
import { isUnknownOperation } from '../../target/unknown-operation.ts';
import type { AppClientView } from '../deployment-view.ts';

/** The clients of a pool, and whether the API could say how old their secrets are. */
export interface DescribedClients {
  readonly clients: readonly AppClientView[];
  readonly hasSecretAges: boolean;
}

/**
 * Describes every app client of a pool, and how old its secrets are.
 *
 * @param onProgress - Called after each client with the number so far.
 */
export async function describeClients(
  client: CognitoIdentityProviderClient,
  userPoolId: string,
  onProgress: (count: number) => void,
): Promise<DescribedClients> {
  let hasSecretAges = true;
  const read = async (described: UserPoolClientType, key: AppClientKey) => {
    const times: readonly number[] | undefined = hasSecretAges
      ? await listSecretTimes(client, key)
      : undefined;
    hasSecretAges &&= times !== undefined;
    return toView(described, times ?? []);
  };
  const clients = await readAppClients(client, userPoolId, read, onProgress);
  return { clients, hasSecretAges };
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

/** Epoch milliseconds, or `undefined` where the API does not know the operation, as AWS APIs on one machine do not. */
async function listSecretTimes(
  client: CognitoIdentityProviderClient,
  key: AppClientKey,
): Promise<readonly number[] | undefined> {
  const list = new ListUserPoolClientSecretsCommand(key);
  const answer = await client.send(list).catch((error: unknown) => {
    if (isUnknownOperation(error)) return undefined;
    throw error;
  });
  return answer?.ClientSecrets?.flatMap(
    ({ ClientSecretCreateDate }) => ClientSecretCreateDate?.getTime() ?? [],
  );
}
