import type { PoolListing } from '@cognito-m2m/claims-store/lister';
import type { Pool } from '@cognito-m2m/environment';
import type { CommandContext } from '../../command.ts';
import { mapConcurrently } from '../../concurrency.ts';
import type { AwsClients } from '../../target/aws-clients.ts';
import { awsClientsOf } from '../../target/aws-target.ts';
import type { OptionalReads } from '../../target/optional-reads.ts';
import type { DeployedPool } from '../../target/target.ts';
import type { PoolView } from '../deployment-view.ts';
import { describeClients } from './describe-clients.ts';
import { describePool } from './describe-pool.ts';
import { orMissing } from './or-missing.ts';

/** Parameters asked for at once; AWS Systems Manager takes 40 requests a second. */
const CONCURRENCY = 10;

/** Reads one deployed pool: its records, what Amazon Cognito says of it, and its clients. */
export async function gatherPool(
  context: CommandContext,
  declared: Pool,
  deployed: DeployedPool,
  reads: OptionalReads,
): Promise<PoolView> {
  const { name, userPoolId } = deployed;
  const listing = await reads.read(`records of ${name}`, readListing(context, deployed));
  const clients = awsClientsOf(context.target);
  return {
    declared,
    userPoolId,
    missingClients: await findMissingClients(context, declared, listing),
    ...(listing && { listing }),
    ...(clients && (await describe(context, clients, deployed, reads))),
  };
}

async function describe(
  { output }: CommandContext,
  { cognito }: AwsClients,
  { name, userPoolId }: DeployedPool,
  reads: OptionalReads,
): Promise<Pick<PoolView, 'pool' | 'clients'>> {
  const pool = await reads.read(`user pool ${name}`, orMissing(describePool(cognito, userPoolId)));
  if (pool === 'missing') return { pool };
  const progress = output.startProgress(`Reading the clients of ${name}`);
  const readClients = describeClients(cognito, { name, userPoolId }, reads, progress.update);
  const clients = await reads.read(`app clients of ${name}`, readClients).finally(progress.end);
  return { ...(pool && { pool }), ...(clients && { clients }) };
}

async function readListing(
  { target, output }: CommandContext,
  deployed: DeployedPool,
): Promise<PoolListing> {
  const progress = output.startProgress(`Reading pool ${deployed.name}`);
  const { lister } = target.openClaims(deployed);
  try {
    return await lister.listPool(deployed.userPoolId, { onProgress: progress.update });
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
async function findMissingClients(
  { target }: CommandContext,
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
    ({ name }) => target.findClientId(poolName, name),
    () => {},
  );
  return unlisted.filter((_, index) => ids[index] === undefined).map(({ name }) => name);
}
