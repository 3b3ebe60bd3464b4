import type { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { type ClaimsLister, createClaimsLister } from '@cognito-m2m/claims-store/lister';
import { type ClaimsReader, createClaimsReader } from '@cognito-m2m/claims-store/reader';
import { type ClaimsWriter, createClaimsWriter } from '@cognito-m2m/claims-store/writer';

/** One user pool as it is deployed. */
export interface DeployedPool {
  /** Its name in the environment file. */
  readonly name: string;
  readonly userPoolId: string;
  readonly issuer: string;
  /** Where the public keys of the pool are. */
  readonly jwksUri: string;
  /** `undefined` for a pool of another owner that has no domain. */
  readonly tokenEndpoint: string | undefined;
  readonly tableName: string;
}

/** What a client authenticates with. Never print it. */
export interface ClientCredentials {
  readonly clientId: string;
  readonly clientSecret: string;
}

/** Where a client's secret is. */
export interface SecretEntry {
  /** The name or the ARN of the entry in AWS Secrets Manager. */
  readonly secretId: string;
  /** Of an app client that the pool's owner has; `undefined` for one of ours, whose entry holds its ID. */
  readonly clientId: string | undefined;
}

/** The claims table as one pool's commands see it. */
interface ClaimsAccess {
  readonly reader: ClaimsReader;
  readonly lister: ClaimsLister;
  readonly writer: ClaimsWriter;
}

/** The clients of the two services that keep a client's secrets. */
export interface SecretClients {
  readonly cognito: CognitoIdentityProviderClient;
  readonly secretsManager: SecretsManagerClient;
}

/** Where an environment is deployed: AWS or an API like it, or a local Cognito. */
export interface Target {
  readonly kind: 'aws' | 'local';
  /** For people: "local Cognito at http://127.0.0.1:8787". */
  readonly label: string;
  /** True for a local Cognito that only shows what is deployed to another API. */
  readonly isReadOnly: boolean;
  /**
   * Finds a pool by its name in the environment file.
   *
   * @returns The pool, or `undefined` if it is not deployed.
   */
  findPool(poolName: string): Promise<DeployedPool | undefined>;
  /** Lists the names of all pools that are deployed, those that the environment file no longer declares included. */
  listPoolNames(): Promise<readonly string[]>;
  /** Lists the ids of the app clients of a pool, as far as the deployment names them, by client name. */
  listClientIds(poolName: string): Promise<ReadonlyMap<string, string>>;
  /** Finds an app client's id by its name, or `undefined`. */
  findClientId(poolName: string, clientName: string): Promise<string | undefined>;
  /** Reads the scopes that an app client may ask for. */
  readScopes(pool: DeployedPool, clientName: string, clientId: string): Promise<readonly string[]>;
  /**
   * Finds out where a client's secret is.
   *
   * @throws {CliError} `ERR_SECRET_NOT_FOUND` for a client of another owner whose `secretId` the file does not name.
   */
  secretEntryOf(poolName: string, clientName: string): SecretEntry;
  /**
   * Reads a client's credentials.
   *
   * @throws {CliError} `ERR_SECRET_NOT_FOUND` if none are kept.
   */
  readCredentials(poolName: string, clientName: string): Promise<ClientCredentials>;
  /** Opens the services that keep the secrets of clients, to change them. */
  openSecretClients(): Promise<SecretClients>;
  /** Opens the claims table of a pool. */
  openClaims(pool: DeployedPool): ClaimsAccess;
  /** Who acts, for the history: an ARN, or the name of the local user. */
  readCaller(): Promise<string>;
}

/** Opens a claims table for reading, listing and writing. */
export function createClaimsAccess(client: DynamoDBClient, tableName: string): ClaimsAccess {
  const edges = { client, tableName };
  return {
    reader: createClaimsReader(edges),
    lister: createClaimsLister(edges),
    writer: createClaimsWriter(edges),
  };
}
