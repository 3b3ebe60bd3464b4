import type { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import {
  DescribeContinuousBackupsCommand,
  DescribeTableCommand,
  type DynamoDBClient,
} from '@aws-sdk/client-dynamodb';
import type { LambdaClient } from '@aws-sdk/client-lambda';
import type { ClaimsLister, PoolListing } from '@cognito-m2m/claims-store/lister';
import type { Pool } from '@cognito-m2m/environment';
import type { DeploymentView, NamedTable, PoolView, TableView } from '../deployment-view.ts';
import { describeClients } from './app-clients.ts';
import { mapConcurrently } from './map-concurrently.ts';
import { createOptionalReads, type OptionalReads } from './optional-reads.ts';
import { describeTrigger } from './trigger.ts';
import { describePool } from './user-pool.ts';

/** Parameters asked for at once; AWS Systems Manager takes 40 requests a second. */
const CONCURRENCY = 10;

const LOCAL_REASON =
  'user pool, app clients, trigger function and table settings: a local Cognito has none';

/** The clients of the AWS services that a deployment is made of. */
export interface DeploymentClients {
  readonly cognito: CognitoIdentityProviderClient;
  readonly dynamoDb: DynamoDBClient;
  readonly lambda: LambdaClient;
}

/** A pool as the deploy's parameters name it. */
export interface LocatedPool {
  readonly name: string;
  readonly userPoolId: string;
  readonly tableName: string;
}

/** Shows how far a slow read is. */
interface ReadProgress {
  readonly update: (count: number, total?: number) => void;
  readonly end: () => void;
}

/** Where a deployment is, and how to ask about it. */
export interface DeploymentSource<Located extends LocatedPool = LocatedPool>
  extends Pick<DeploymentView, 'environment' | 'commandLine' | 'deployCommand'> {
  /** The declared pools to look at. */
  readonly pools: readonly Pool[];
  /** `undefined` for a local Cognito, of which only the records can be read. */
  readonly clients: DeploymentClients | undefined;
  /** The function, and the alias through which pools should call it. */
  readonly trigger: { readonly functionName: string; readonly alias: string };
  readonly findPool: (poolName: string) => Promise<Located | undefined>;
  readonly findClientId: (poolName: string, clientName: string) => Promise<string | undefined>;
  readonly openLister: (pool: Located) => ClaimsLister;
  readonly startProgress: (label: string) => ReadProgress;
}

/** Reads everything that the checks look at; something missing or unreadable does not end it. */
export async function gatherDeployment<Located extends LocatedPool>(
  source: DeploymentSource<Located>,
): Promise<DeploymentView> {
  const { environment, commandLine, deployCommand, clients } = source;
  const reads = createOptionalReads();
  const pools: PoolView[] = [];
  const missingPools: string[] = [];
  const tableNames = new Set<string>();
  for (const declared of source.pools) {
    const located = await source.findPool(declared.name);
    if (located === undefined) missingPools.push(declared.name);
    else {
      tableNames.add(located.tableName);
      pools.push(await gatherPool(source, declared, located, reads));
    }
  }
  const shared =
    clients === undefined
      ? { trigger: undefined, tables: [] }
      : await gatherShared(source, clients, [...tableNames], reads);
  return {
    environment,
    commandLine,
    deployCommand,
    pools,
    missingPools,
    ...shared,
    notChecked: [...(clients === undefined ? [LOCAL_REASON] : []), ...reads.notRead],
    notAllowed: reads.notAllowed,
  };
}

/** What the pools of an environment share: the trigger and the table. */
async function gatherShared(
  { trigger }: Pick<DeploymentSource, 'trigger'>,
  { lambda, dynamoDb }: DeploymentClients,
  tableNames: readonly string[],
  reads: OptionalReads,
): Promise<Pick<DeploymentView, 'trigger' | 'tables'>> {
  const tables = await Promise.all(
    tableNames.map(
      async (tableName): Promise<NamedTable> => ({
        tableName,
        table: await reads.look(
          `settings of table ${tableName}`,
          describeTable(dynamoDb, tableName),
        ),
      }),
    ),
  );
  return {
    trigger: await reads.look('trigger function', describeTrigger(lambda, trigger)),
    tables,
  };
}

async function describeTable(client: DynamoDBClient, tableName: string): Promise<TableView> {
  const key = { TableName: tableName };
  const { Table } = await client.send(new DescribeTableCommand(key));
  const backups = await client.send(new DescribeContinuousBackupsCommand(key));
  const recovery = backups.ContinuousBackupsDescription?.PointInTimeRecoveryDescription;
  return {
    isDeletionProtected: Table?.DeletionProtectionEnabled === true,
    hasRecovery: recovery?.PointInTimeRecoveryStatus === 'ENABLED',
  };
}

async function gatherPool<Located extends LocatedPool>(
  source: DeploymentSource<Located>,
  declared: Pool,
  located: Located,
  reads: OptionalReads,
): Promise<PoolView> {
  const { name, userPoolId } = located;
  const listing = await reads.look(`records of ${name}`, readListing(source, located));
  const { clients } = source;
  const described =
    clients === undefined
      ? { pool: undefined, clients: undefined }
      : await describe(source, clients.cognito, located, reads);
  const missingClients = await findMissingClients(source, declared, listing?.found);
  return { declared, userPoolId, missingClients, listing, ...described };
}

async function describe(
  { startProgress }: Pick<DeploymentSource, 'startProgress'>,
  cognito: CognitoIdentityProviderClient,
  { name, userPoolId }: LocatedPool,
  reads: OptionalReads,
): Promise<Pick<PoolView, 'pool' | 'clients'>> {
  const pool = await reads.look(`user pool ${name}`, describePool(cognito, userPoolId));
  if (pool !== undefined && pool.found === undefined) return { pool, clients: undefined };
  const progress = startProgress(`Reading the clients of ${name}`);
  const read = describeClients(cognito, { name, userPoolId }, reads, progress.update);
  const clients = await reads.read(`app clients of ${name}`, read).finally(progress.end);
  return { pool, clients };
}

async function readListing<Located extends LocatedPool>(
  { openLister, startProgress }: DeploymentSource<Located>,
  located: Located,
): Promise<PoolListing> {
  const progress = startProgress(`Reading pool ${located.name}`);
  try {
    return await openLister(located).listPool(located.userPoolId, { onProgress: progress.update });
  } catch (error) {
    throw causeOf(error);
  } finally {
    progress.end();
  }
}

// The store wraps what AWS says; only that tells a table that is gone from one that may not be read.
function causeOf(error: unknown): unknown {
  const isAccess = error instanceof Error && 'code' in error && error.code === 'ERR_STORE_ACCESS';
  return isAccess ? (error.cause ?? error) : error;
}

// A client with a baseline is deployed; only for the others a parameter is looked up.
async function findMissingClients<Located extends LocatedPool>(
  { findClientId }: DeploymentSource<Located>,
  { name: poolName, clients }: Pool,
  listing: PoolListing | undefined,
): Promise<string[]> {
  const listed = new Set(
    [...(listing?.clients.values() ?? [])].map(({ baseline }) => baseline?.clientName),
  );
  const unlisted = clients.filter(({ name }) => !listed.has(name));
  const ids = await mapConcurrently(
    unlisted,
    CONCURRENCY,
    ({ name }) => findClientId(poolName, name),
    () => {},
  );
  return unlisted.filter((_, index) => ids[index] === undefined).map(({ name }) => name);
}
