import { CliError } from '../errors.ts';

/** One user pool that is to be imported. */
export interface PoolArgument {
  readonly userPoolId: string;
  /** Its name in the file. @default from the pool's tags, or its own name */
  readonly name?: string;
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
    return { userPoolId, ...(name !== undefined && { name }) };
  });
  const ids = pools.map(({ userPoolId }) => userPoolId);
  const malformed = ids.filter((id) => !USER_POOL_ID.test(id));
  const doubles = ids.filter((id, index) => ids.indexOf(id) < index);
  const regions = new Set(ids.map(regionOf));
  const faults = [
    ...malformed.map((id) => `"${id}" is no user pool id; expected one like eu-central-1_AbC123`),
    ...doubles.map((id) => `${id} is named twice`),
    ...(malformed.length === 0 && regions.size > 1
      ? [`an environment is in one Region; got ${[...regions].join(', ')}`]
      : []),
  ];
  if (faults.length === 0) return pools;
  const next = 'aws cognito-idp list-user-pools --max-results 60';
  throw new CliError('ERR_ARGUMENT_INVALID', `Which pool? ${faults.join('; ')}.`, { next });
}

/** The Region that a user pool's id begins with. */
export function regionOf(userPoolId: string): string {
  return userPoolId.slice(0, userPoolId.indexOf('_'));
}
