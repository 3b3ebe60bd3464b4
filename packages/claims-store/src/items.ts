import type { DynamoDBClient, QueryCommandInput } from '@aws-sdk/client-dynamodb';
import { clientKeyPrefix, partitionKey } from '@cognito-m2m/claim-schema/records';
import { StoreError } from './errors.ts';

/** The claims table and the client that reaches it. Time-outs and attempts are the client's. */
export interface ClaimsTable {
  readonly client: DynamoDBClient;
  readonly tableName: string;
}

/** The condition that finds all items of one client. */
export function itemsOfClient(userPoolId: string, clientId: string) {
  return {
    KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
    ExpressionAttributeValues: {
      ':pk': { S: partitionKey(userPoolId) },
      ':prefix': { S: clientKeyPrefix(clientId) },
    },
  } satisfies Partial<QueryCommandInput>;
}

/** Letters sort after digits: backwards, the baseline comes first and then the newest revision. */
export const BASELINE_AND_NEWEST = { ScanIndexForward: false, Limit: 2 } as const;

/** An item as it is stored, before it is decoded. */
export type StoredItem = { readonly [name: string]: unknown };

/**
 * Takes the items out of the answer to a query.
 *
 * DynamoDB answers with a list, if only an empty one. An answer without it, such as one whose body got lost, says nothing
 * about the table: taken for an empty list, it would make a known client an unknown one.
 *
 * @throws {StoreError} `ERR_STORE_UNAVAILABLE` for an answer without a list.
 */
export function itemsOf({ Items }: { readonly Items?: unknown }): readonly StoredItem[] {
  if (Array.isArray(Items)) return Items;
  throw new StoreError('ERR_STORE_UNAVAILABLE', 'The answer of the claims table holds no list.');
}
