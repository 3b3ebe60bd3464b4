import {
  type DynamoDBClient,
  paginateQuery,
  QueryCommand,
  type QueryCommandInput,
} from '@aws-sdk/client-dynamodb';
import {
  type BaselineRecord,
  clientKeyPrefix,
  decodeItem,
  type Fault,
  type OverrideRecord,
  partitionKey,
  type SettingsRecord,
} from '@cognito-m2m/claim-schema';
import { toStoreError } from './errors.ts';
import { itemsOf, type StoredItem } from './items.ts';

/** What the table holds for one client of a pool. */
export interface ListedClient {
  readonly clientId: string;
  readonly baseline?: BaselineRecord;
  /** The newest revision. */
  readonly override?: OverrideRecord;
}

/** An item of the pool that is no record. */
export interface InvalidItem {
  readonly sortKey: string;
  /** Why; never a claim value. */
  readonly faults: readonly Fault[];
}

/** Everything that the table holds for one pool. */
export interface PoolListing {
  readonly settings?: SettingsRecord;
  /** By client id. */
  readonly clients: ReadonlyMap<string, ListedClient>;
  readonly invalidItems: readonly InvalidItem[];
}

/** Everything that the table holds for one client. */
export interface ClientHistory {
  readonly baseline?: BaselineRecord;
  /** Oldest first. */
  readonly revisions: readonly OverrideRecord[];
  readonly invalidItems: readonly InvalidItem[];
}

/** Reads whole pools and whole histories, for people and never for a token. */
export interface ClaimsLister {
  /**
   * Reads all items of a pool, page by page.
   *
   * Eventually consistent: half a read unit for each 4 KB. An item that is no record is listed apart, not thrown.
   *
   * @param options.onProgress - Called after each page with the number of items so far.
   * @throws {StoreError} If the table can't be read.
   */
  listPool(
    userPoolId: string,
    options?: { readonly onProgress?: (itemCount: number) => void },
  ): Promise<PoolListing>;

  /**
   * Reads the baseline and all override revisions of one client.
   *
   * Strongly consistent, so that whoever writes the next revision starts from the newest.
   *
   * @throws {StoreError} If the table can't be read.
   */
  readHistory(userPoolId: string, clientId: string): Promise<ClientHistory>;

  /**
   * Reads the baseline and the newest override revision of one client: two items, however long the history is.
   *
   * Strongly consistent, as `readHistory`.
   *
   * @throws {StoreError} If the table can't be read.
   */
  readNewest(userPoolId: string, clientId: string): Promise<ClientHistory>;
}

/** Creates a lister of one table. */
export function createClaimsLister(edges: {
  readonly client: DynamoDBClient;
  readonly tableName: string;
}): ClaimsLister {
  const { client, tableName } = edges;
  return {
    async listPool(userPoolId, options = {}) {
      const gatherer = createGatherer();
      const pages = readPages(client, {
        TableName: tableName,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': { S: partitionKey(userPoolId) } },
      });
      let itemCount = 0;
      for await (const items of pages) {
        items.forEach(gatherer.add);
        itemCount += items.length;
        options.onProgress?.(itemCount);
      }
      const { settings, clients, invalidItems } = gatherer;
      return { ...(settings.found && { settings: settings.found }), clients, invalidItems };
    },

    async readHistory(userPoolId, clientId) {
      const revisions: OverrideRecord[] = [];
      const gatherer = createGatherer(revisions);
      const pages = readPages(client, {
        TableName: tableName,
        ConsistentRead: true,
        KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
        ExpressionAttributeValues: {
          ':pk': { S: partitionKey(userPoolId) },
          ':prefix': { S: clientKeyPrefix(clientId) },
        },
      });
      for await (const items of pages) items.forEach(gatherer.add);
      const baseline = gatherer.clients.get(clientId)?.baseline;
      const { invalidItems } = gatherer;
      return { ...(baseline && { baseline }), revisions, invalidItems };
    },

    async readNewest(userPoolId, clientId) {
      const query = new QueryCommand({
        TableName: tableName,
        ConsistentRead: true,
        // Letters sort after digits: backwards, the baseline comes first and then the newest revision.
        ScanIndexForward: false,
        Limit: 2,
        KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
        ExpressionAttributeValues: {
          ':pk': { S: partitionKey(userPoolId) },
          ':prefix': { S: clientKeyPrefix(clientId) },
        },
      });
      const answer = await client.send(query).catch((cause: unknown) => {
        throw toStoreError(cause, 'read the claims of a client');
      });
      const revisions: OverrideRecord[] = [];
      const gatherer = createGatherer(revisions);
      itemsOf(answer).forEach(gatherer.add);
      const baseline = gatherer.clients.get(clientId)?.baseline;
      const { invalidItems } = gatherer;
      // Without a baseline both items are revisions.
      return { ...(baseline && { baseline }), revisions: revisions.slice(0, 1), invalidItems };
    },
  };
}

async function* readPages(
  client: DynamoDBClient,
  query: QueryCommandInput,
): AsyncGenerator<readonly StoredItem[]> {
  try {
    for await (const page of paginateQuery({ client }, query)) yield itemsOf(page);
  } catch (cause) {
    throw toStoreError(cause, 'list the claims of a pool');
  }
}

// Items come in the order of their sort keys: a client's revisions first, the oldest leading, then its baseline.
function createGatherer(revisions: OverrideRecord[] = []) {
  const settings: { found?: SettingsRecord } = {};
  const clients = new Map<string, ListedClient>();
  const invalidItems: InvalidItem[] = [];
  return {
    settings,
    clients,
    invalidItems,
    add(item: StoredItem): void {
      const result = decodeItem(item);
      if (!result.isValid) {
        invalidItems.push({ sortKey: sortKeyText(item), faults: result.faults });
        return;
      }
      const { record } = result;
      if (record.kind === 'settings') {
        settings.found = record;
        return;
      }
      const known = clients.get(record.clientId) ?? { clientId: record.clientId };
      clients.set(record.clientId, { ...known, [record.kind]: record });
      if (record.kind === 'override') revisions.push(record);
    },
  };
}

function sortKeyText({ sk }: StoredItem): string {
  const isText = typeof sk === 'object' && sk !== null && 'S' in sk;
  return isText ? String(sk.S) : 'unreadable';
}
