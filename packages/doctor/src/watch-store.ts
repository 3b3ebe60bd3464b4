import {
  type AttributeValue,
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  paginateQuery,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { type Change, type Fact, factKey } from './watch-facts.ts';

/** How a look ended. */
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
  /** Reads how a look ended last, or when a pool was first seen. @param name - `look`, or `pool <name>`. */
  readLastRun(name: string): Promise<LastRun | undefined>;
  writeLastRun(name: string, run: LastRun): Promise<void>;
  /** Takes one of the heals of this hour. @returns False if they are used up. */
  takeHeal(poolName: string): Promise<boolean>;
}

const DAY_SECONDS = 86_400;
/** How long changes and repaired facts are kept, in days. */
const KEPT_DAYS = 30;
/** Longer than a look may take, in milliseconds: a look that died does not block for longer. */
const LEASE_MS = 90_000;
const HEALS_PER_HOUR = 3;
const HOUR_MS = 3_600_000;

type Item = Record<string, AttributeValue>;

/** What the memory is opened with. */
interface StoreEdges {
  readonly client: DynamoDBClient;
  readonly tableName: string;
  /** Epoch milliseconds. */
  readonly clock: () => number;
}

/** Opens the watcher's table. */
export function createWatchStore(edges: StoreEdges): WatchStore {
  const { clock } = edges;
  const { put, read, readOne, remove } = openDocuments(edges);
  const factSortKey = (fact: Fact) => `${factKey(fact)}|${fact.since}`;
  return {
    ...createLease(edges),
    readFacts: () => read<Fact>('FACTS'),
    writeFact: (fact) =>
      put('FACTS', factSortKey(fact), fact, fact.state === 'repaired' ? KEPT_DAYS : undefined),
    forgetFact: (fact) => remove('FACTS', factSortKey(fact)),
    readChanges: () => read<Change>('CHANGES'),
    addChange: (change) => put('CHANGES', `${change.at}#${change.id}`, change, KEPT_DAYS),
    readLastRun: (name) => readOne<LastRun>('RUNS', name),
    writeLastRun: (name, run) => put('RUNS', name, run),
    async takeHeal(poolName) {
      const heals = await read<{ readonly atMs: number }>('HEALS', `${poolName}#`);
      const recent = heals.filter(({ atMs }) => atMs > clock() - HOUR_MS);
      if (recent.length >= HEALS_PER_HOUR) return false;
      await put('HEALS', `${poolName}#${clock()}`, { atMs: clock() }, 1);
      return true;
    },
  };
}

/** Documents as JSON, by partition and sort key. */
function openDocuments({ client, tableName: TableName, clock }: StoreEdges) {
  const put = async (pk: string, sk: string, document: object, keptDays?: number) => {
    const expiresAt = Math.floor(clock() / 1000) + (keptDays ?? 0) * DAY_SECONDS;
    const Item: Item = { pk: { S: pk }, sk: { S: sk }, document: { S: JSON.stringify(document) } };
    if (keptDays !== undefined) Item['expiresAt'] = { N: String(expiresAt) };
    await client.send(new PutItemCommand({ TableName, Item }));
  };
  const read = async <T>(pk: string, prefix = ''): Promise<T[]> => {
    const documents: T[] = [];
    const values: Item = { ':pk': { S: pk } };
    if (prefix !== '') values[':sk'] = { S: prefix };
    const pages = paginateQuery(
      { client },
      {
        TableName,
        ConsistentRead: true,
        KeyConditionExpression: prefix === '' ? 'pk = :pk' : 'pk = :pk AND begins_with(sk, :sk)',
        ExpressionAttributeValues: values,
      },
    );
    for await (const { Items = [] } of pages) {
      // Only the watcher writes this table.
      for (const { document } of Items) documents.push(JSON.parse(document?.S ?? '{}'));
    }
    return documents;
  };
  const readOne = async <T>(pk: string, sk: string): Promise<T | undefined> => {
    const Key = { pk: { S: pk }, sk: { S: sk } };
    const get = new GetItemCommand({ TableName, Key, ConsistentRead: true });
    const { Item: found } = await client.send(get);
    return found === undefined ? undefined : JSON.parse(found['document']?.S ?? '{}');
  };
  const remove = async (pk: string, sk: string) => {
    await client.send(new DeleteItemCommand({ TableName, Key: { pk: { S: pk }, sk: { S: sk } } }));
  };
  return { put, read, readOne, remove };
}

/** Lets one look at a time work on the facts, and remembers that another one was asked for. */
function createLease({
  client,
  tableName: TableName,
  clock,
}: StoreEdges): Pick<WatchStore, 'begin' | 'end' | 'release'> {
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
