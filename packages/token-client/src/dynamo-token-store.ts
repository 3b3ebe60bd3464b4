import type { TokenStore } from './token-store.ts';

/** A value of an item, as the AWS SDK writes it. */
interface Attribute {
  readonly S?: string | undefined;
  readonly N?: string | undefined;
  readonly B?: Uint8Array | undefined;
}

/**
 * What `DynamoDB` of `@aws-sdk/client-dynamodb` offers. Around a `DynamoDBClient`, as for `secretsManagerCredentials`:
 * an object with these two methods.
 */
export interface TokenTable {
  getItem(input: {
    TableName: string;
    Key: { pk: { S: string } };
    ConsistentRead: boolean;
  }): Promise<{ readonly Item?: object | undefined }>;
  putItem(input: {
    TableName: string;
    Item: {
      pk: { S: string };
      version: { S: string };
      value: { B: Uint8Array };
      expiresAt: { N: string };
    };
    ConditionExpression: string;
    ExpressionAttributeNames?: Record<string, string>;
    ExpressionAttributeValues?: Record<string, { S: string }>;
  }): Promise<unknown>;
  /** The SDK's own: through it the `Date` header of a response can be read. */
  readonly middlewareStack?: { add(middleware: unknown, options: object): void };
}

/**
 * Keeps shared tokens in a DynamoDB table with the partition key `pk` (a string) and, if old items should go, time to
 * live on `expiresAt`.
 *
 * One consistent read when a process needs a token, two conditional writes when one is requested. Needs
 * `dynamodb:GetItem` and `dynamodb:PutItem` on the table.
 *
 * @example
 * ```ts
 * import { DynamoDB } from '@aws-sdk/client-dynamodb';
 * import { dynamoTokenStore } from '@cognito-m2m/token-client/dynamo-token-store';
 *
 * export const store = dynamoTokenStore({ client: new DynamoDB(), tableName: 'm2m-tokens' });
 * ```
 */
export function dynamoTokenStore(options: {
  readonly client: TokenTable;
  readonly tableName: string;
}): TokenStore {
  const { client, tableName: TableName } = options;
  const serverTime = watchServerTime(client);
  const read: TokenStore['read'] = async (name) => {
    const Key = { pk: { S: name } };
    const { Item } = await client.getItem({ TableName, Key, ConsistentRead: true });
    const { version, value }: Record<string, Attribute | undefined> = Object(Item);
    if (version?.S === undefined || value?.B === undefined) return undefined;
    return { version: version.S, value: value.B, storeTimeMs: serverTime() };
  };
  return {
    read,
    async write(name, { version, value }, { ifVersion, expiresAtSeconds }) {
      const condition =
        ifVersion === undefined
          ? { ConditionExpression: 'attribute_not_exists(pk)' }
          : {
              ConditionExpression: '#version = :version',
              ExpressionAttributeNames: { '#version': 'version' },
              ExpressionAttributeValues: { ':version': { S: ifVersion } },
            };
      const Item = {
        pk: { S: name },
        version: { S: version },
        value: { B: value },
        expiresAt: { N: String(expiresAtSeconds) },
      };
      try {
        await client.putItem({ TableName, Item, ...condition });
        return true;
      } catch (error) {
        if (!isConditionFailure(error)) throw error;
        // The SDK repeats a write whose response was lost, and the repeated one fails its condition.
        return (await read(name))?.version === version;
      }
    },
  };
}

function isConditionFailure(error: unknown): boolean {
  return error instanceof Error && error.name === 'ConditionalCheckFailedException';
}

/** The last `Date` header, which the results of the SDK do not show; it costs no request. */
function watchServerTime({ middlewareStack }: TokenTable): () => number | undefined {
  let dateMs: number | undefined;
  type Handler = (args: unknown) => Promise<{ response?: { headers?: Record<string, string> } }>;
  const watch = (next: Handler) => async (args: unknown) => {
    const result = await next(args);
    const date = Date.parse(result.response?.headers?.['date'] ?? '');
    dateMs = Number.isNaN(date) ? undefined : date;
    return result;
  };
  middlewareStack?.add(watch, { step: 'deserialize' });
  return () => dateMs;
}
