import {
  type CognitoIdentityProviderClient,
  DescribeUserPoolClientCommand,
  ListUserPoolClientSecretsCommand,
  paginateListUserPoolClients,
  type UserPoolClientType,
} from '@aws-sdk/client-cognito-identity-provider';
import type { AppClientSettings, AppClientView } from '../deployment-view.ts';
import { mapConcurrently } from './map-concurrently.ts';
import type { OptionalReads } from './optional-reads.ts';

/** The most that one page of clients holds. */
const PAGE_SIZE = 60;
/** Amazon Cognito takes 5 describe calls a second for each pool. @see https://docs.aws.amazon.com/cognito/latest/developerguide/quotas.html */
const CONCURRENCY = 5;

/** What identifies an app client to the API. */
export interface AppClientKey {
  readonly UserPoolId: string;
  readonly ClientId: string;
}

/** An app client as the list shows it. */
interface ListedAppClient {
  readonly key: AppClientKey;
  readonly name: string;
}

/** Lists every app client of a pool, 60 to a call; no answer holds a secret. */
async function listAppClients(
  client: CognitoIdentityProviderClient,
  userPoolId: string,
): Promise<ListedAppClient[]> {
  const listed: ListedAppClient[] = [];
  const pages = paginateListUserPoolClients(
    { client },
    { UserPoolId: userPoolId, MaxResults: PAGE_SIZE },
  );
  for await (const { UserPoolClients = [] } of pages) {
    for (const { ClientId = '', ClientName = '' } of UserPoolClients) {
      listed.push({ key: { UserPoolId: userPoolId, ClientId }, name: ClientName });
    }
  }
  return listed;
}

// At the pace of the quotas of Amazon Cognito.
function mapAppClients<T>(
  clients: readonly ListedAppClient[],
  map: (client: ListedAppClient) => Promise<T>,
  onDone: (count: number) => void,
): Promise<T[]> {
  return mapConcurrently(clients, CONCURRENCY, map, onDone);
}

/**
 * Describes every app client of a pool, a few at a time; a pool of a thousand takes minutes, at the quota's pace.
 *
 * @param read - Makes of a description what is kept of it: a description holds the client's secret.
 * @param onProgress - Called after each client with the number so far and the number of all.
 */
export async function readAppClients<T>(
  client: CognitoIdentityProviderClient,
  userPoolId: string,
  read: (described: UserPoolClientType, key: AppClientKey) => T | Promise<T>,
  onProgress: (count: number, total: number) => void,
): Promise<T[]> {
  const listed = await listAppClients(client, userPoolId);
  return mapAppClients(
    listed,
    async ({ key }) => {
      const { UserPoolClient = {} } = await client.send(new DescribeUserPoolClientCommand(key));
      return read(UserPoolClient, key);
    },
    (count) => onProgress(count, listed.length),
  );
}

/**
 * Describes every app client of a pool, and how old its secrets are, as far as that can be read.
 *
 * @param onProgress - Called after each client with the number so far and the number of all.
 */
export async function describeClients(
  client: CognitoIdentityProviderClient,
  pool: { readonly name: string; readonly userPoolId: string },
  reads: OptionalReads,
  onProgress: (count: number, total: number) => void,
): Promise<AppClientView[]> {
  const listed = await listAppClients(client, pool.userPoolId);
  let hasAges = true;
  return mapAppClients(
    listed,
    async ({ key, name }) => {
      const { UserPoolClient } = await client.send(new DescribeUserPoolClientCommand(key));
      // A caller who cannot list the secrets of one client cannot list those of the next.
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
      return {
        clientId: key.ClientId,
        name: UserPoolClient?.ClientName ?? name,
        settings: UserPoolClient && toSettings(UserPoolClient),
        oldestSecretAt: times === undefined || times.length === 0 ? undefined : Math.min(...times),
      };
    },
    (count) => onProgress(count, listed.length),
  );
}

function toSettings(described: UserPoolClientType): AppClientSettings {
  return {
    hasSecret: described.ClientSecret !== undefined,
    isOAuthEnabled: described.AllowedOAuthFlowsUserPoolClient === true,
    oauthFlows: described.AllowedOAuthFlows ?? [],
    authFlows: described.ExplicitAuthFlows ?? [],
    scopes: described.AllowedOAuthScopes ?? [],
  };
}
