import { DeleteItemCommand, type DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import {
  type BaselineRecord,
  baselineSortKey,
  encodeRecord,
  type OverrideRecord,
  partitionKey,
  type SettingsRecord,
} from '@cognito-m2m/claim-schema';
import { StoreError, toStoreError } from './errors.ts';

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
      const put = new PutItemCommand({
        TableName: tableName,
        Item: encodeRecord(record),
        ConditionExpression: 'attribute_not_exists(sk)',
      });
      await client.send(put).catch((cause: unknown) => {
        throw isConditionFailure(cause)
          ? lostRace(record, cause)
          : toStoreError(cause, 'write an override');
      });
    },
  };
}

function isConditionFailure(cause: unknown): boolean {
  return cause instanceof Error && cause.name === 'ConditionalCheckFailedException';
}

function lostRace({ revision, clientId }: OverrideRecord, cause: unknown): StoreError {
  const message = `Revision ${revision} of client ${clientId} exists already: someone else wrote it first.`;
  return new StoreError('ERR_STORE_LOST_RACE', message, { cause });
}
