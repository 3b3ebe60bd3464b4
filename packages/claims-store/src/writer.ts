import { isDeepStrictEqual } from 'node:util';
import { DeleteItemCommand, PutItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import type {
  BaselineRecord,
  ClaimRecord,
  OverrideRecord,
  SettingsRecord,
} from '@cognito-m2m/claim-schema';
import {
  baselineSortKey,
  encodeRecord,
  overrideSortKey,
  partitionKey,
} from '@cognito-m2m/claim-schema/records';
import { decodeOrThrow } from './decode.ts';
import { StoreError, toStoreError } from './errors.ts';
import { type ClaimsTable, itemsOf } from './items.ts';

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
   * Deletes override revisions of an app client that no longer exists, oldest first: should it break off, the newest is
   * still there and decides as before. A revision that is not there is not an error.
   *
   * @throws {StoreError} If the table can't be written.
   */
  deleteRevisions(
    userPoolId: string,
    clientId: string,
    revisions: readonly number[],
  ): Promise<void>;

  /**
   * Adds one override revision; the revision number is the lock.
   *
   * Where the answer is lost, or says that the revision exists, the revision is read back: if it says the same, it is this one.
   *
   * @throws {StoreError} `ERR_STORE_LOST_RACE` if somebody else wrote that revision: read again, then write the next one.
   *   Any other code says in its message that nothing was written, or that nobody can tell.
   */
  addOverride(record: OverrideRecord): Promise<void>;
}

/** Creates a writer of one table. */
export function createClaimsWriter(table: ClaimsTable): ClaimsWriter {
  const { client, tableName } = table;
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

    async deleteRevisions(userPoolId, clientId, revisions) {
      const pk = { S: partitionKey(userPoolId) };
      for (const revision of revisions.toSorted((first, second) => first - second)) {
        const Key = { pk, sk: { S: overrideSortKey(clientId, revision) } };
        await client
          .send(new DeleteItemCommand({ TableName: tableName, Key }))
          .catch((cause: unknown) => {
            throw toStoreError(cause, `delete revision ${revision} of client ${clientId}`);
          });
      }
    },

    async addOverride(record) {
      const Item = encodeRecord(record);
      const put = new PutItemCommand({
        TableName: tableName,
        Item,
        ConditionExpression: 'attribute_not_exists(sk)',
      });
      // Both decoded, since DynamoDB writes numbers in its own way.
      await client
        .send(put)
        .catch((cause: unknown) => confirmWritten(table, record, decodeOrThrow(Item), cause));
    },
  };
}

/** Reads a revision back whose write failed: anything but an answer of DynamoDB may have got lost after the write. */
async function confirmWritten(
  table: ClaimsTable,
  record: OverrideRecord,
  written: ClaimRecord,
  cause: unknown,
): Promise<void> {
  const isRefused = isConditionFailure(cause);
  const failure = toStoreError(cause, `write ${describe(record)}`);
  // DynamoDB has answered and written nothing.
  if (!isRefused && failure.code === 'ERR_STORE_ACCESS') throw failure;
  const stored = await readBack(table, record);
  if (isDeepStrictEqual(stored, written)) return;
  throw stored === undefined && !isRefused ? notWritten(failure) : lostRace(record, cause);
}

async function readBack(
  { client, tableName }: ClaimsTable,
  record: OverrideRecord,
): Promise<ClaimRecord | undefined> {
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
    const action = `tell whether ${describe(record)} was written; read it again first`;
    throw toStoreError(cause, action);
  });
  return itemsOf(answer).map(decodeOrThrow)[0];
}

function isConditionFailure(cause: unknown): boolean {
  return cause instanceof Error && cause.name === 'ConditionalCheckFailedException';
}

function describe({ revision, clientId }: OverrideRecord): string {
  return `revision ${revision} of client ${clientId}`;
}

function notWritten({ code, message, cause }: StoreError): StoreError {
  return new StoreError(code, `${message} Nothing was written.`, { cause });
}

function lostRace({ revision, clientId }: OverrideRecord, cause: unknown): StoreError {
  const message = `Revision ${revision} of client ${clientId} already exists: someone else wrote it first.`;
  return new StoreError('ERR_STORE_LOST_RACE', message, { cause });
}
