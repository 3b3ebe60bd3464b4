import {
  type CognitoIdentityProviderClient,
  DescribeUserPoolClientCommand,
  ListUserPoolClientSecretsCommand,
  paginateListUserPoolClients,
  type UserPoolClientType,
} from '@aws-sdk/client-cognito-identity-provider';
import type { AppClientView } from '../deployment-view.ts';

/** The most that one page of clients holds. */
const PAGE_SIZE = 60;

/** The clients of a pool, and whether the API could say how old their secrets are. */
export interface DescribedClients {
  readonly clients: readonly AppClientView[];
  readonly hasSecretAges: boolean;
}

/**
 * Describes every app client of a pool, one after the other.
 *
 * Amazon Cognito takes 5 describe calls a second for each pool, so a large pool takes minutes; the SDK waits where it is
 * throttled.
 *
 * @param onProgress - Called after each client with the number so far.
 */
export async function describeClients(
  client: CognitoIdentityProviderClient,
  userPoolId: string,
  onProgress: (count: number) => void,
): Promise<DescribedClients> {
  const clients: AppClientView[] = [];
  let hasSecretAges = true;
  const pages = paginateListUserPoolClients(
    { client },
    { UserPoolId: userPoolId, MaxResults: PAGE_SIZE },
  );
  for await (const { UserPoolClients = [] } of pages) {
    for (const { ClientId = '' } of UserPoolClients) {
      const key = { UserPoolId: userPoolId, ClientId };
      const { UserPoolClient = {} } = await client.send(new DescribeUserPoolClientCommand(key));
      const times: readonly number[] | undefined = hasSecretAges
        ? await listSecretTimes(client, key)
        : undefined;
      hasSecretAges &&= times !== undefined;
      clients.push(toView(UserPoolClient, times ?? []));
      onProgress(clients.length);
    }
  }
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
  key: { readonly UserPoolId: string; readonly ClientId: string },
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

function isUnknownOperation(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const status = (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;
  return (
    error.name === 'UnknownOperationException' || error.name === 'NotImplemented' || status === 501
  );
}
