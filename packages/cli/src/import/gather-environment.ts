import type { UserPoolType } from '@aws-sdk/client-cognito-identity-provider';
import type { OptionalReads } from '@cognito-m2m/doctor';
import { CliError } from '../frame/errors.ts';
import type { Output } from '../frame/output/output.ts';
import { describeRecords } from './describe-records.ts';
import { describeTrigger } from './describe-trigger.ts';
import { describeBelongings, describeUserPool } from './describe-user-pool.ts';
import type { ImportClients } from './import-clients.ts';
import type { EnvironmentDescription, PoolDescription } from './pool-description.ts';
import { findEnvironmentName, findPoolName, type PoolArgument } from './pool-names.ts';

/** What is to be read. */
interface ImportQuery {
  readonly region: string;
  readonly pools: readonly PoolArgument[];
  /** @default what the deploy's tags say */
  readonly environmentName: string | undefined;
  /** @default what the deploy's parameters say */
  readonly tableName: string | undefined;
}

/**
 * Reads everything that an import looks at.
 *
 * @throws {CliError} `ERR_POOL_UNKNOWN`, `ERR_ENVIRONMENT_REQUIRED`, `ERR_ARGUMENT_INVALID`.
 */
export async function gatherEnvironment(
  clients: ImportClients,
  query: ImportQuery,
  output: Output,
  reads: OptionalReads,
): Promise<EnvironmentDescription> {
  const found: NamedPool[] = [];
  for (const argument of query.pools) {
    const pool = await describeUserPool(clients, argument.userPoolId);
    found.push({ pool, name: argument.name ?? findPoolName(pool) });
  }
  checkNames(found);
  const name = findEnvironmentName(
    query.environmentName,
    found.map(({ pool }) => pool),
  );
  const pools: PoolDescription[] = [];
  for (const { pool, name: poolName } of found) {
    const userPoolId = pool.Id ?? '';
    const progress = output.startProgress(`Reading the clients of ${poolName}`);
    const belongings = await describeBelongings(clients, pool, reads, progress.update).finally(
      progress.end,
    );
    const place = { environmentName: name, poolName, userPoolId };
    const records = await describeRecords(clients, place, query.tableName);
    pools.push({ name: poolName, userPoolId, pool, ...belongings, ...records });
  }
  const isDeployed = pools.some((pool) => pool.isDeployed);
  const trigger = isDeployed ? await describeTrigger(clients, name, reads) : undefined;
  return {
    name,
    region: query.region,
    pools: pools.sort((first, second) => (first.name < second.name ? -1 : 1)),
    trigger,
  };
}

interface NamedPool {
  readonly pool: UserPoolType;
  readonly name: string;
}

function checkNames(found: readonly NamedPool[]): void {
  const names = found.map(({ name }) => name);
  const doubles = names.filter((name, index) => names.indexOf(name) < index);
  if (doubles.length === 0) return;
  const message = `Two pools would have the name "${doubles[0]}".`;
  throw new CliError('ERR_ARGUMENT_INVALID', message, {
    next: 'the same command with <name>=<user pool id> for each pool',
  });
}
