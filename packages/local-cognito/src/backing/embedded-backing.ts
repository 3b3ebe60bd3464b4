import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { createClaimsTable } from '@cognito-m2m/claims-store/create-table';
import type { Environment } from '@cognito-m2m/environment';
import type { Cleanup } from '../cleanup.ts';
import { createStoredSecrets, createStoredVersions, toUserPools } from '../pools/declared-pools.ts';
import { createKeyProvider, prepareSigners } from '../pools/signing-keys.ts';
import { createPoolDirectory } from '../pools/user-pool.ts';
import { startEmbeddedDynamoDb } from '../storage/embedded-dynamodb.ts';
import { openStore } from '../storage/open-store.ts';
import { seedClaimsTable } from '../storage/seed-claims-table.ts';
import { LOCAL_CREDENTIALS } from '../trigger/lambda-environment.ts';
import type { Backing, ClaimsTable } from './backing.ts';

/** What the backing is made from. */
interface EmbeddedOptions {
  readonly environment: Environment;
  readonly dataDirectory: string | undefined;
  readonly allowsClientTokenAuth: boolean;
  /** Epoch milliseconds. */
  readonly now: number;
}

/**
 * Makes up pools and clients as an environment declares them, over an embedded DynamoDB that holds what a deploy would write.
 *
 * @throws {LocalCognitoError} `ERR_LOCAL_DATA_IN_USE`, `ERR_LOCAL_DATA_INVALID` or `ERR_LOCAL_LISTEN`.
 */
export async function openEmbeddedBacking(
  options: EmbeddedOptions,
  cleanup: Cleanup,
): Promise<Backing> {
  const { environment, dataDirectory, now } = options;
  const store = await openStore(environment, dataDirectory, now, cleanup);
  const pools = toUserPools(environment, store.current(), options.allowsClientTokenAuth);
  const directory = createPoolDirectory(pools);
  const keys = createKeyProvider(store);
  cleanup.add(prepareSigners(keys, pools));
  const table = await openTable(options, cleanup);
  await createClaimsTable(table.client, table.tableName);
  return {
    directory,
    secrets: createStoredSecrets(store),
    secretVersions: createStoredVersions(store),
    keys,
    table,
    seeded: seedClaimsTable(table, environment, directory),
  };
}

async function openTable(
  { environment, dataDirectory }: EmbeddedOptions,
  cleanup: Cleanup,
): Promise<ClaimsTable> {
  const dynamoDb = await startEmbeddedDynamoDb(dataDirectory);
  cleanup.add(() => dynamoDb.close());
  const { endpoint } = dynamoDb;
  const { region } = environment;
  const client = new DynamoDBClient({ region, endpoint, credentials: LOCAL_CREDENTIALS });
  cleanup.add(() => client.destroy());
  return { client, endpoint, tableName: `m2m-${environment.name}-claims` };
}
