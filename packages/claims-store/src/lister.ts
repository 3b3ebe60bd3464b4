import { paginateQuery, QueryCommand, type QueryCommandInput } from '@aws-sdk/client-dynamodb';
import type {
  BaselineRecord,
  Fault,
  OverrideRecord,
  SettingsRecord,
} from '@cognito-m2m/claim-schema';
import { decodeItem, partitionKey } from '@cognito-m2m/claim-schema/records';
import { toStoreError } from './errors.ts';
import {
  BASELINE_AND_NEWEST,
  type ClaimsTable,
  itemsOf,
  itemsOfClient,
  type StoredItem,
} from './items.ts';

/** What the table holds for one client of a pool. */
export interface ListedClient {
  readonly clientId: string;
  readonly baseline?: BaselineRecord | undefined;
  /** The newest revision. */
  readonly override?: OverrideRecord | undefined;
}

/** An item of the pool that is not a valid record. */
export interface InvalidItem {
  readonly sortKey: string;
  /** Why; never a claim value. */
  readonly faults: readonly Fault[];
}

/** Everything that the table holds for one pool. */
export interface PoolListing {
  readonly settings?: SettingsRecord | undefined;
  /** By client id. */
  readonly clients: ReadonlyMap<string, ListedClient>;
  readonly invalidItems: readonly InvalidItem[];
}

/** Everything that the table holds for one client. */
export interface ClientHistory {
  readonly baseline?: BaselineRecord | undefined;
  /** Oldest first. */
  readonly revisions: readonly OverrideRecord[];
  readonly invalidItems: readonly InvalidItem[];
}

/** Reads whole pools and whole histories, for people and never for a token. */
export interface ClaimsLister {
  /**
   * Reads all items of a pool, page by page.
   *
   * Eventually consistent: half a read unit for each 4 KB. An item that is not a valid record is listed apart, not thrown.
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
export function createClaimsLister(table: ClaimsTable): ClaimsLister {
  return {
    async listPool(userPoolId, options = {}) {
      const gathered = emptyPool();
      const pages = readPages(table, {
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': { S: partitionKey(userPoolId) } },
      });
      let itemCount = 0;
      for await (const items of pages) {
        for (const item of items) gather(gathered, item);
        itemCount += items.length;
        options.onProgress?.(itemCount);
      }
      const { settings, clients, invalidItems } = gathered;
      return { settings, clients, invalidItems };
    },

    async readHistory(userPoolId, clientId) {
      const gathered = emptyPool();
      const input = { ...itemsOfClient(userPoolId, clientId), ConsistentRead: true };
      for await (const items of readPages(table, input)) {
        for (const item of items) gather(gathered, item);
      }
      return historyOf(gathered, clientId);
    },

    async readNewest(userPoolId, clientId) {
      const input = { ...itemsOfClient(userPoolId, clientId), ...BASELINE_AND_NEWEST };
      const query = new QueryCommand({
        TableName: table.tableName,
        ConsistentRead: true,
        ...input,
      });
      const answer = await table.client.send(query).catch((cause: unknown) => {
        throw toStoreError(cause, 'read the claims of a client');
      });
      const gathered = emptyPool();
      for (const item of itemsOf(answer)) gather(gathered, item);
      const history = historyOf(gathered, clientId);
      // Without a baseline both items are revisions.
      return { ...history, revisions: history.revisions.slice(0, 1) };
    },
  };
}

async function* readPages(
  { client, tableName }: ClaimsTable,
  input: Omit<QueryCommandInput, 'TableName'>,
): AsyncGenerator<readonly StoredItem[]> {
  try {
    const pages = paginateQuery({ client }, { TableName: tableName, ...input });
    for await (const page of pages) yield itemsOf(page);
  } catch (cause) {
    throw toStoreError(cause, 'list the claims of a pool');
  }
}

/** What was found so far. */
interface Gathered {
  settings: SettingsRecord | undefined;
  readonly clients: Map<string, ListedClient>;
  readonly revisions: OverrideRecord[];
  readonly invalidItems: InvalidItem[];
}

function emptyPool(): Gathered {
  return { settings: undefined, clients: new Map(), revisions: [], invalidItems: [] };
}

// Items come in the order of their sort keys: a client's revisions first, the oldest leading, then its baseline.
function gather(gathered: Gathered, item: StoredItem): void {
  const result = decodeItem(item);
  if (!result.isValid) {
    gathered.invalidItems.push({ sortKey: sortKeyText(item), faults: result.faults });
    return;
  }
  const { record } = result;
  if (record.kind === 'settings') {
    gathered.settings = record;
    return;
  }
  const { clientId } = record;
  const known = gathered.clients.get(clientId) ?? {
    clientId,
    baseline: undefined,
    override: undefined,
  };
  gathered.clients.set(clientId, { ...known, [record.kind]: record });
  if (record.kind === 'override') gathered.revisions.push(record);
}

function historyOf(
  { clients, revisions, invalidItems }: Gathered,
  clientId: string,
): ClientHistory {
  return { baseline: clients.get(clientId)?.baseline, revisions, invalidItems };
}

function sortKeyText({ sk }: StoredItem): string {
  const isText = typeof sk === 'object' && sk !== null && 'S' in sk;
  return isText ? String(sk.S) : 'unreadable';
}
