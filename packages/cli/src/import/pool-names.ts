import type { UserPoolType } from '@aws-sdk/client-cognito-identity-provider';
import { CliError } from '../errors.ts';

/** What our own deploy tags everything with. */
const APPLICATION = 'cognito-m2m-claims';
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
  throw new CliError('ERR_ENVIRONMENT_REQUIRED', `What is the environment called? ${problem}.`, {
    next: 'the same command with --env <name>',
  });
}

function ownTags({ UserPoolTags }: UserPoolType): Record<string, string> | undefined {
  return UserPoolTags?.['application'] === APPLICATION ? UserPoolTags : undefined;
}
