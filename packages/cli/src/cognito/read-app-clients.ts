import {
  type CognitoIdentityProviderClient,
  DescribeUserPoolClientCommand,
  paginateListUserPoolClients,
  type UserPoolClientType,
} from '@aws-sdk/client-cognito-identity-provider';
import { mapConcurrently } from '../concurrency.ts';

/** The most that one page of clients holds. */
const PAGE_SIZE = 60;
/** Amazon Cognito takes 5 describe calls a second for each pool. @see https://docs.aws.amazon.com/cognito/latest/developerguide/quotas.html */
const CONCURRENCY = 5;

/** What names one app client to the API. */
export interface AppClientKey {
  readonly UserPoolId: string;
  readonly ClientId: string;
}

/**
 * Describes every app client of a pool, a few at a time; a pool of a thousand takes minutes, at the quota's pace.
 *
 * @param read - Makes of a description what is kept of it: a description holds the client's secret.
 * @param onProgress - Called after each client with the number so far.
 */
export async function readAppClients<T>(
  client: CognitoIdentityProviderClient,
  userPoolId: string,
  read: (described: UserPoolClientType, key: AppClientKey) => T | Promise<T>,
  onProgress: (count: number) => void,
): Promise<T[]> {
  const keys: AppClientKey[] = [];
  const pages = paginateListUserPoolClients(
    { client },
    { UserPoolId: userPoolId, MaxResults: PAGE_SIZE },
  );
  for await (const { UserPoolClients = [] } of pages) {
    keys.push(
      ...UserPoolClients.map(({ ClientId = '' }) => ({ UserPoolId: userPoolId, ClientId })),
    );
  }
  const describe = async (key: AppClientKey) => {
    const { UserPoolClient = {} } = await client.send(new DescribeUserPoolClientCommand(key));
    return read(UserPoolClient, key);
  };
  return mapConcurrently(keys, CONCURRENCY, describe, onProgress);
}
