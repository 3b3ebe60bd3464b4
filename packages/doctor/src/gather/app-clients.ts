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
const CALLS_PER_SECOND = 5;

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
  return mapConcurrently(clients, CALLS_PER_SECOND, map, onDone);
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

/** What is asked about the app clients of a pool. */
export interface ClientQuestions {
  readonly pool: { readonly name: string; readonly userPoolId: string };
  /** The ids of clients that are declared. */
  readonly declaredIds: ReadonlySet<string>;
  /** How many declared clients are asked about one by one: two calls each, five a second. */
  readonly maxDescribed: number;
  /** Called after each client with the number so far and the number of all. */
  readonly onProgress: (count: number, total: number) => void;
}

/** Lists every app client of a pool, and describes each as far as that can be read and is not too slow. */
export async function describeClients(
  client: CognitoIdentityProviderClient,
  { pool, declaredIds, maxDescribed, onProgress }: ClientQuestions,
  reads: OptionalReads,
): Promise<AppClientView[]> {
  const listed = await listAppClients(client, pool.userPoolId);
  // What nobody declared is always looked at: it may get tokens.
  const declared = listed.filter(({ key }) => declaredIds.has(key.ClientId));
  const isTooSlow = declared.length > maxDescribed;
  if (isTooSlow) reads.skip(tooSlow(pool.name, declared.length));
  const asked = isTooSlow ? listed.filter(({ key }) => !declaredIds.has(key.ClientId)) : listed;
  const described = await mapAppClients(
    asked,
    (each) => describeClient(client, each, pool.name, reads),
    (count) => onProgress(count, asked.length),
  );
  const byId = new Map(described.map((view) => [view.clientId, view]));
  return listed.map(
    ({ key: { ClientId }, name }) =>
      byId.get(ClientId) ?? {
        clientId: ClientId,
        name,
        settings: undefined,
        secretTimes: undefined,
      },
  );
}

function tooSlow(poolName: string, count: number): string {
  const minutes = Math.ceil(count / CALLS_PER_SECOND / 60);
  return `flows, scopes and secret ages of the ${count} app clients of ${poolName}: about ${minutes} min at the quotas of Amazon Cognito; pass --all-clients`;
}

async function describeClient(
  client: CognitoIdentityProviderClient,
  { key, name }: ListedAppClient,
  poolName: string,
  reads: OptionalReads,
): Promise<AppClientView> {
  const described = await reads.read(
    `settings of the app clients of ${poolName}`,
    client.send(new DescribeUserPoolClientCommand(key)),
  );
  const secrets = await reads.read(
    `secret ages in ${poolName}`,
    client.send(new ListUserPoolClientSecretsCommand(key)),
  );
  return {
    clientId: key.ClientId,
    name: described?.UserPoolClient?.ClientName ?? name,
    settings: described?.UserPoolClient && toSettings(described.UserPoolClient),
    secretTimes: secrets?.ClientSecrets?.flatMap(
      ({ ClientSecretCreateDate }) => ClientSecretCreateDate?.getTime() ?? [],
    ).toSorted((first, second) => first - second),
  };
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
