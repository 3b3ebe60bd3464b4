import {
  type AttributeValue,
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDBClient,
  PutItemCommand,
  paginateQuery,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { type Change, type Fact, factKey } from './watch-facts.ts';

/** How a look or a canary ended. */
export interface LastRun {
  /** ISO 8601, UTC. */
  readonly at: string;
  /** Why it failed; `undefined` if it ended well. */
  readonly problem: string | undefined;
}

/** The watcher's memory: one table of its own, so that it outlives the claims table. */
export interface WatchStore {
  /** Takes the right to look; the only one who has it writes facts. @returns False if another look is under way: it then looks once more. */
  begin(): Promise<boolean>;
  /** Gives the right back. @returns False if somebody asked for another look meanwhile; the right is then kept. */
  end(): Promise<boolean>;
  /** Gives the right back whatever was asked meanwhile. */
  release(): Promise<void>;
  readFacts(): Promise<Fact[]>;
  writeFact(fact: Fact): Promise<void>;
  forgetFact(fact: Fact): Promise<void>;
  readChanges(): Promise<Change[]>;
  addChange(change: Change): Promise<void>;
  /** Reads how a look or the canary of a pool ended last. @param name - `look`, or `proof <pool>`. */
  readLastRun(name: string): Promise<LastRun | undefined>;
  writeLastRun(name: string, run: LastRun): Promise<void>;
  /** Takes one of the heals of this hour. @returns False if they are used up. */
  takeHeal(poolName: string): Promise<boolean>;
}

const DAY_SECONDS = 86_400;
/** How long changes and repaired facts are kept, in days. */
const KEPT_DAYS = 30;
/** Longer than a look may take, in milliseconds: a look that died is no obstacle for longer. */
const LEASE_MS = 90_000;
const HEALS_PER_HOUR = 3;
const HOUR_MS = 3_600_000;

type Item = Record<string, AttributeValue>;

/** Opens the watcher's table. @param edges.clock - Epoch milliseconds. */
export function createWatchStore(edges: {
  readonly client: DynamoDBClient;
  readonly tableName: string;
  readonly clock: () => number;
}): WatchStore {
  const { client, tableName: TableName, clock } = edges;
  const put = (pk: string, sk: string, document: object, keptDays?: number) => {
    const expiresAt = Math.floor(clock() / 1000) + (keptDays ?? 0) * DAY_SECONDS;
    const Item: Item = {
      pk: { S: pk },
      sk: { S: sk },
      document: { S: JSON.stringify(document) },
      ...(keptDays !== undefined && { expiresAt: { N: String(expiresAt) } }),
    };
    return client.send(new PutItemCommand({ TableName, Item }));
  };
  const read = async <T>(pk: string, prefix = ''): Promise<T[]> => {
    const documents: T[] = [];
    const pages = paginateQuery(
      { client },
      {
        TableName,
        ConsistentRead: true,
        KeyConditionExpression: prefix === '' ? 'pk = :pk' : 'pk = :pk AND begins_with(sk, :sk)',
        ExpressionAttributeValues: {
          ':pk': { S: pk },
          ...(prefix !== '' && { ':sk': { S: prefix } }),
        },
      },
    );
    for await (const { Items = [] } of pages) {
      // Only the watcher writes this table.
      for (const { document } of Items) documents.push(JSON.parse(document?.S ?? '{}') as T);
    }
    return documents;
  };
  const factSortKey = (fact: Fact) => `${factKey(fact)}|${fact.since}`;
  return {
    ...createLease(edges),
    readFacts: () => read<Fact>('FACTS'),
    async writeFact(fact) {
      await put(
        'FACTS',
        factSortKey(fact),
        fact,
        fact.state === 'repaired' ? KEPT_DAYS : undefined,
      );
    },
    async forgetFact(fact) {
      const Key = { pk: { S: 'FACTS' }, sk: { S: factSortKey(fact) } };
      await client.send(new DeleteItemCommand({ TableName, Key }));
    },
    readChanges: () => read<Change>('CHANGES'),
    async addChange(change) {
      await put('CHANGES', `${change.at}#${change.id}`, change, KEPT_DAYS);
    },
    readLastRun: async (name) => (await read<LastRun>('RUNS', name))[0],
    async writeLastRun(name, run) {
      await put('RUNS', name, run);
    },
    async takeHeal(poolName) {
      const heals = await read<{ readonly atMs: number }>('HEALS', `${poolName}#`);
      const recent = heals.filter(({ atMs }) => atMs > clock() - HOUR_MS);
      if (recent.length >= HEALS_PER_HOUR) return false;
      await put('HEALS', `${poolName}#${clock()}`, { atMs: clock() }, 1);
      return true;
    },
  };
}

/** Lets one look at a time work on the facts, and remembers that another one was asked for. */
function createLease({
  client,
  tableName: TableName,
  clock,
}: Parameters<typeof createWatchStore>[0]): Pick<WatchStore, 'begin' | 'end' | 'release'> {
  const Key = { pk: { S: 'LEASE' }, sk: { S: 'LEASE' } };
  const isRefused = (error: unknown) => {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  };
  const remove = new DeleteItemCommand({ TableName, Key });
  return {
    async begin() {
      const Item: Item = { ...Key, until: { N: String(clock() + LEASE_MS) } };
      const take = new PutItemCommand({
        TableName,
        Item,
        ConditionExpression: 'attribute_not_exists(pk) OR #until < :now',
        ExpressionAttributeNames: { '#until': 'until' },
        ExpressionAttributeValues: { ':now': { N: String(clock()) } },
      });
      const isTaken = await client.send(take).then(() => true, isRefused);
      if (isTaken) return true;
      const ask = new UpdateItemCommand({
        TableName,
        Key,
        UpdateExpression: 'SET again = :yes',
        ConditionExpression: 'attribute_exists(pk)',
        ExpressionAttributeValues: { ':yes': { BOOL: true } },
      });
      // The other look may have ended just now: then this one can begin.
      const isAsked = await client.send(ask).then(() => true, isRefused);
      return isAsked ? false : client.send(take).then(() => true, isRefused);
    },
    async end() {
      const free = new DeleteItemCommand({
        TableName,
        Key,
        ConditionExpression: 'attribute_not_exists(again)',
      });
      if (await client.send(free).then(() => true, isRefused)) return true;
      const Item: Item = { ...Key, until: { N: String(clock() + LEASE_MS) } };
      await client.send(new PutItemCommand({ TableName, Item }));
      return false;
    },
    async release() {
      await client.send(remove);
    },
  };
}
