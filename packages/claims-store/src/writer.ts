import { isDeepStrictEqual } from 'node:util';
import {
  DeleteItemCommand,
  type DynamoDBClient,
  PutItemCommand,
  QueryCommand,
} from '@aws-sdk/client-dynamodb';
import {
  type BaselineRecord,
  baselineSortKey,
  type ClaimRecord,
  encodeRecord,
  type OverrideRecord,
  overrideSortKey,
  partitionKey,
  type SettingsRecord,
} from '@cognito-m2m/claim-schema';
import { decodeOrThrow } from './decode.ts';
import { StoreError, toStoreError } from './errors.ts';
import { itemsOf } from './items.ts';

/** Writes claim records. */
export interface ClaimsWriter {
  /**
   * Writes a baseline or the settings of a pool, over what is there: the deploy is their only writer.
   *
   * @throws {StoreError} If the table can't be written.
   */
  putDeclared(record: BaselineRecord | SettingsRecord): Promise<void>;

  /**
   * Deletes the baseline of a client that is no longer declared, as a deploy does; nothing happens if there is none.
   *
   * @throws {StoreError} If the table can't be written.
   */
  deleteBaseline(userPoolId: string, clientId: string): Promise<void>;

  /**
   * Adds one override revision; the revision number is the lock.
   *
   * A revision that exists already and says the same is this one: the answer to the first attempt got lost.
   *
   * @throws {StoreError} `ERR_STORE_LOST_RACE` if that revision exists already: read again, then write the next one.
   */
  addOverride(record: OverrideRecord): Promise<void>;
}

/** Creates a writer of one table. */
export function createClaimsWriter(edges: {
  readonly client: DynamoDBClient;
  readonly tableName: string;
}): ClaimsWriter {
  const { client, tableName } = edges;
  return {
    async putDeclared(record) {
      const put = new PutItemCommand({ TableName: tableName, Item: encodeRecord(record) });
      await client.send(put).catch((cause: unknown) => {
        throw toStoreError(cause, `write the ${record.kind} of pool ${record.poolName}`);
      });
    },

    async deleteBaseline(userPoolId, clientId) {
      const Key = { pk: { S: partitionKey(userPoolId) }, sk: { S: baselineSortKey(clientId) } };
      const remove = new DeleteItemCommand({ TableName: tableName, Key });
      await client.send(remove).catch((cause: unknown) => {
        throw toStoreError(cause, `delete the baseline of client ${clientId}`);
      });
    },

    async addOverride(record) {
      const Item = encodeRecord(record);
      const put = new PutItemCommand({
        TableName: tableName,
        Item,
        ConditionExpression: 'attribute_not_exists(sk)',
      });
      await client.send(put).catch(async (cause: unknown) => {
        if (!isConditionFailure(cause)) throw toStoreError(cause, 'write an override');
        // Both decoded, since DynamoDB writes numbers in its own way.
        const isOurs = isDeepStrictEqual(await readBack(record), decodeOrThrow(Item));
        if (!isOurs) throw lostRace(record, cause);
      });
    },
  };

  async function readBack(record: OverrideRecord): Promise<ClaimRecord | undefined> {
    const query = new QueryCommand({
      TableName: tableName,
      KeyConditionExpression: 'pk = :pk AND sk = :sk',
      ExpressionAttributeValues: {
        ':pk': { S: partitionKey(record.userPoolId) },
        ':sk': { S: overrideSortKey(record.clientId, record.revision) },
      },
      ConsistentRead: true,
    });
    const answer = await client.send(query).catch((cause: unknown) => {
      throw toStoreError(cause, 'tell whether an override was written');
    });
    return itemsOf(answer).map(decodeOrThrow)[0];
  }
}

function isConditionFailure(cause: unknown): boolean {
  return cause instanceof Error && cause.name === 'ConditionalCheckFailedException';
}

function lostRace({ revision, clientId }: OverrideRecord, cause: unknown): StoreError {
  const message = `Revision ${revision} of client ${clientId} exists already: someone else wrote it first.`;
  return new StoreError('ERR_STORE_LOST_RACE', message, { cause });
}
