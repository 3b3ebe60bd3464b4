import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { KeyProvider } from '../pools/signing-keys.ts';
import type { ClientSecrets, PoolDirectory, SecretVersions } from '../pools/user-pool.ts';

/** The claims table and where it is. */
export interface ClaimsTable {
  readonly client: DynamoDBClient;
  readonly endpoint: string;
  readonly tableName: string;
}

/** Where a server's pools, clients and claims come from. */
export interface Backing {
  readonly directory: PoolDirectory;
  readonly secrets: ClientSecrets;
  readonly secretVersions: SecretVersions;
  readonly keys: KeyProvider;
  readonly table: ClaimsTable;
  /** Resolves once the table holds what a token needs; the trigger can start meanwhile. */
  readonly seeded: Promise<void>;
}
