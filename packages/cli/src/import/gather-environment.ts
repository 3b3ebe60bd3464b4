import type { UserPoolType } from '@aws-sdk/client-cognito-identity-provider';
import type { OptionalReads } from '@cognito-m2m/doctor';
import { APPLICATION } from '@cognito-m2m/environment/names';
import { CliError } from '../frame/errors.ts';
import type { Output } from '../frame/output/output.ts';
import { describePool, readUserPool } from './describe-pool.ts';
import { describeTrigger } from './describe-trigger.ts';
import type { ImportClients } from './import-clients.ts';
import type { EnvironmentDescription, PoolDescription } from './pool-description.ts';

/** What is to be read. */
interface ImportQuery {
  readonly region: string;
  readonly pools: readonly PoolArgument[];
  /** @default what the deploy's tags say */
  readonly environmentName: string | undefined;
  /** @default what the deploy's parameters say */
  readonly tableName: string | undefined;
  /** True to leave the pools to their owners. */
  readonly isClaimsOnly: boolean;
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
  const found: { readonly pool: UserPoolType; readonly name: string }[] = [];
  for (const argument of query.pools) {
    const pool = await readUserPool(clients, argument.userPoolId, query.region);
    found.push({ pool, name: argument.name ?? findPoolName(pool) });
  }
  checkNames(found.map(({ name }) => name));
  const name = findEnvironmentName(
    query.environmentName,
    found.map(({ pool }) => pool),
  );
  const pools: PoolDescription[] = [];
  for (const { pool, name: poolName } of found) {
    const place = { environmentName: name, poolName, userPoolId: pool.Id ?? '' };
    pools.push(await describePool(clients, { pool, place, query, output, reads }));
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

/** One user pool that is to be imported. */
export interface PoolArgument {
  readonly userPoolId: string;
  /** Its name in the file. @default from the pool's tags, or its own name */
  readonly name: string | undefined;
}

/** @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_UserPoolType.html */
const USER_POOL_ID = /^([a-z]{2}(?:-[a-z]+)+-\d)_[0-9A-Za-z]+$/;

/**
 * Reads arguments of the form `<user pool id>` or `<name>=<user pool id>`.
 *
 * @throws {CliError} `ERR_ARGUMENT_INVALID` with every fault.
 */
export function parsePoolArguments(texts: readonly string[]): PoolArgument[] {
  const pools = texts.map((text): PoolArgument => {
    const [userPoolId = '', name] = text.split('=').reverse();
    return { userPoolId, name };
  });
  const ids = pools.map(({ userPoolId }) => userPoolId);
  const malformed = ids.filter((id) => !USER_POOL_ID.test(id));
  const doubles = ids.filter((id, index) => ids.indexOf(id) < index);
  const regions = new Set(ids.map(regionOf));
  const faults = [
    ...malformed.map((id) => `"${id}" is not a user pool ID, such as eu-central-1_AbC123`),
    ...doubles.map((id) => `${id} is named twice`),
    ...(malformed.length === 0 && regions.size > 1
      ? [`an environment is in one Region; got ${[...regions].join(', ')}`]
      : []),
  ];
  if (faults.length === 0) return pools;
  const next = 'aws cognito-idp list-user-pools --max-results 60';
  throw new CliError('ERR_ARGUMENT_INVALID', `${faults.join('; ')}.`, { next });
}

/** The Region that a user pool's id begins with. */
export function regionOf(userPoolId: string): string {
  return userPoolId.slice(0, userPoolId.indexOf('_'));
}

/** What our own deploy tags everything with. */
const MAX_NAME_LENGTH = 40;

/** The name of a pool in the file: what its deploy tagged it with, or its own name as far as a file takes it. */
export function findPoolName(pool: UserPoolType): string {
  const tagged = ownTags(pool)?.['pool'];
  if (tagged !== undefined) return tagged;
  const plain = (pool.Name ?? '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^[^a-z]+/, '')
    .slice(0, MAX_NAME_LENGTH)
    .replace(/-+$/, '');
  return plain === '' ? 'pool' : plain;
}

/**
 * The name of the environment: as given, or what all pools are tagged with.
 *
 * @throws {CliError} `ERR_ENVIRONMENT_REQUIRED` if neither says.
 */
export function findEnvironmentName(
  given: string | undefined,
  pools: readonly UserPoolType[],
): string {
  if (given !== undefined) return given;
  const [tagged, ...others] = new Set(pools.map((pool) => ownTags(pool)?.['environment']));
  if (tagged !== undefined && others.length === 0) return tagged;
  const problem =
    pools.length === 1 ? 'its tags do not say' : 'the tags of the pools do not say one name';
  throw new CliError('ERR_ENVIRONMENT_REQUIRED', `--env is required: ${problem}.`, {
    next: 'the same command with --env <name>',
  });
}

function ownTags({ UserPoolTags }: UserPoolType): Record<string, string> | undefined {
  return UserPoolTags?.['application'] === APPLICATION ? UserPoolTags : undefined;
}

/**
 * Checks that every pool of a file has a name of its own.
 *
 * @throws {CliError} `ERR_ARGUMENT_INVALID`.
 */
function checkNames(names: readonly string[]): void {
  const doubles = names.filter((name, index) => names.indexOf(name) < index);
  if (doubles.length === 0) return;
  const message = `Two pools would have the name "${doubles[0]}".`;
  throw new CliError('ERR_ARGUMENT_INVALID', message, {
    next: 'the same command with <name>=<user pool id> for each pool',
  });
}
