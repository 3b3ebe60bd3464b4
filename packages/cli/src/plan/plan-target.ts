import type { PoolListing } from '@cognito-m2m/claims-store/lister';
import type { OptionalReads } from '@cognito-m2m/doctor';
import type { Pool } from '@cognito-m2m/environment';
import { readListing } from '../deployment/find-pools.ts';
import { completePool, findUndeclared } from '../deployment/owners-clients.ts';
import { findRegistered } from '../deployment/registered-clients.ts';
import type { CommandContext } from '../frame/command.ts';
import { toEpochSeconds } from '../frame/time.ts';
import type { RuleSides } from './plan-client.ts';
import type { PlannedPool } from './plan-json.ts';
import { planPool } from './plan-pool.ts';

/** Finds pools that are deployed and no longer in the file. */
export async function findRemovedPools(
  { environment, target }: CommandContext,
  reads: OptionalReads,
): Promise<string[]> {
  const deployed = await reads.read(
    'pools that the file no longer declares',
    target.listPoolNames(),
  );
  const declared = new Set(environment.pools.map(({ name }) => name));
  return (deployed ?? []).filter((name) => !declared.has(name)).sort();
}

/** Reads what is deployed of one pool, and plans it. */
export async function planOne(
  context: CommandContext,
  declared: Pool,
  rules: RuleSides,
  reads: OptionalReads,
): Promise<PlannedPool> {
  const { target, clock } = context;
  const now = toEpochSeconds(clock());
  const { pool: complete, missing } = await completePool(context, declared);
  const found = await target.findPool(declared.name);
  const listing = found && (await readListing(context, found));
  const deployed = found && listing && { userPoolId: found.userPoolId, listing };
  return {
    ...planPool({ declared: complete, deployed, now, rules }),
    missingClients: missing.map(({ name, clientId = '' }) => ({ client: name, clientId })),
    registered: found ? await findStrangers(context, found.userPoolId, listing, reads) : [],
    shutOut: await findShutOut(context, declared, listing?.clients.keys() ?? []),
  };
}

/** The clients that registered themselves and have no record. */
async function findStrangers(
  context: CommandContext,
  userPoolId: string,
  listing: PoolListing | undefined,
  reads: OptionalReads,
): Promise<PlannedPool['registered']> {
  const registered = await findRegistered(context, userPoolId, reads);
  return registered
    .filter(({ clientId }) => listing?.clients.has(clientId) !== true)
    .map(({ clientId, name }) => ({ client: name, clientId }));
}

/** The clients of an existing pool that get no token once the trigger denies those that it does not know. */
async function findShutOut(
  context: CommandContext,
  declared: Pool,
  deployedIds: Iterable<string>,
): Promise<PlannedPool['shutOut']> {
  if (declared.existing === undefined || declared.unknownClients !== 'deny') return [];
  // A local Cognito serves only what the file declares.
  if (context.target.kind === 'local') return [];
  return findUndeclared(context, declared, deployedIds);
}
