import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Environment } from '@cognito-m2m/environment';
import type { KeyProvider } from '../pools/signing-keys.ts';
import type { PoolRegistry } from '../pools/user-pool.ts';

/** The claims table and where it is. */
export interface ClaimsTable {
  readonly client: DynamoDBClient;
  readonly endpoint: string;
  readonly tableName: string;
}

/** Where an environment's pools, clients and claims come from. */
export interface Backing {
  /** The environment, with the addresses that issuers of users' tokens have here. */
  readonly environment: Environment;
  readonly registry: PoolRegistry;
  readonly keys: KeyProvider;
  readonly table: ClaimsTable;
  /** Resolves once the table holds what a token needs; the trigger can start meanwhile. */
  readonly ready: Promise<void>;
}
