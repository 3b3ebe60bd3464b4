import { QueryCommand, type QueryCommandInput } from '@aws-sdk/client-dynamodb';
import {
  type ClaimLayers,
  type ClaimRecord,
  needsSettings,
  type SettingsRecord,
} from '@cognito-m2m/claim-schema';
import { partitionKey, SETTINGS_SORT_KEY } from '@cognito-m2m/claim-schema/records';
import { decodeOrThrow } from './decode.ts';
import { StoreError, toStoreError } from './errors.ts';
import { BASELINE_AND_NEWEST, type ClaimsTable, itemsOf, itemsOfClient } from './items.ts';

/** Options of one read. */
export interface ReadOptions {
  /** Ends the read when the caller's time budget is used up. */
  readonly abortSignal?: AbortSignal;
}

/** Reads claim records: the small half of this package, the only one inside the trigger's bundle. */
export interface ClaimsReader {
  /**
   * Reads both claim layers of one client.
   *
   * One eventually consistent query, half a read unit; a client with no record is not an error.
   *
   * @returns The baseline and the newest override, as far as there are any.
   * @throws {StoreError} `ERR_STORE_ITEM_INVALID` for an item that is not a valid record, any other code if the table can't be read.
   */
  readLayers(userPoolId: string, clientId: string, options?: ReadOptions): Promise<ClaimLayers>;

  /**
   * Reads the settings of one pool.
   *
   * @returns The settings, or `undefined` for a pool that has none.
   * @throws {StoreError} As `readLayers`.
   */
  readSettings(userPoolId: string, options?: ReadOptions): Promise<SettingsRecord | undefined>;
}

/** Creates a reader of one table. */
export function createClaimsReader(table: ClaimsTable): ClaimsReader {
  return {
    async readLayers(userPoolId, clientId, options = {}) {
      const input = { ...itemsOfClient(userPoolId, clientId), ...BASELINE_AND_NEWEST };
      const records = await query(table, input, 'read the claims of a client', options);
      const isAsked = (record: ClaimRecord) =>
        record.kind !== 'settings' &&
        record.userPoolId === userPoolId &&
        record.clientId === clientId;
      if (!records.every(isAsked)) throw notAsked();
      return toLayers(records);
    },

    async readSettings(userPoolId, options = {}) {
      // A query for one item: an answer to `GetItem` without an item looks like an answer without anything.
      const input = {
        KeyConditionExpression: 'pk = :pk AND sk = :sk',
        ExpressionAttributeValues: {
          ':pk': { S: partitionKey(userPoolId) },
          ':sk': { S: SETTINGS_SORT_KEY },
        },
      };
      const [settings] = await query(table, input, 'read the settings of a pool', options);
      if (settings === undefined) return undefined;
      if (settings.kind !== 'settings' || settings.userPoolId !== userPoolId) throw notAsked();
      return settings;
    },
  };
}

/** Adds the settings of the pool to the layers of a client, if they decide about its token. @throws {StoreError} As `readSettings`. */
export async function addSettings(
  reader: Pick<ClaimsReader, 'readSettings'>,
  userPoolId: string,
  layers: ClaimLayers,
): Promise<ClaimLayers> {
  if (!needsSettings(layers)) return layers;
  return { ...layers, settings: await reader.readSettings(userPoolId) };
}

async function query(
  { client, tableName }: ClaimsTable,
  input: Partial<QueryCommandInput>,
  action: string,
  options: ReadOptions,
): Promise<ClaimRecord[]> {
  const command = new QueryCommand({ TableName: tableName, ...input });
  const answer = await client.send(command, options).catch((cause: unknown) => {
    throw toStoreError(cause, action);
  });
  const items = itemsOf(answer);
  // DynamoDB stops early at 1 MB, which is more than these items can have together.
  if (answer.LastEvaluatedKey !== undefined && items.length !== input.Limit) {
    throw new StoreError('ERR_STORE_UNAVAILABLE', 'The claims table gave a part of the answer.');
  }
  return items.map(decodeOrThrow);
}

/** DynamoDB gives no such answer; whatever stands between may, and the claims would be somebody else's. */
function notAsked(): StoreError {
  return new StoreError('ERR_STORE_UNAVAILABLE', 'The claims table answered something else.');
}

function toLayers(records: readonly ClaimRecord[]): ClaimLayers {
  const baseline = records.find((record) => record.kind === 'baseline');
  // Without a baseline both items are overrides; the newest comes first.
  const override = records.find((record) => record.kind === 'override');
  return { baseline, override };
}
