import type { UserPoolType } from '@aws-sdk/client-cognito-identity-provider';
import { APPLICATION } from '@cognito-m2m/environment/names';
import { CliError } from '../frame/errors.ts';

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
export function checkNames(names: readonly string[]): void {
  const doubles = names.filter((name, index) => names.indexOf(name) < index);
  if (doubles.length === 0) return;
  const message = `Two pools would have the name "${doubles[0]}".`;
  throw new CliError('ERR_ARGUMENT_INVALID', message, {
    next: 'the same command with <name>=<user pool id> for each pool',
  });
}
