import type { Environment } from '@cognito-m2m/environment';
import { claimsStackName, poolStackName } from '@cognito-m2m/environment/names';
import { minimatch } from 'minimatch';
import { InfraError } from '../errors.ts';
import type { CdktfRequest } from './cdktf-request.ts';

/**
 * Checks that a request names stacks that the environment has, before CDKTF takes seconds to find out.
 *
 * @throws {InfraError} `ERR_INFRA_STACK_UNKNOWN` for a name or pattern that is no stack's, and for more than one stack
 *   where CDKTF takes one.
 */
export function checkStacks({ command, stacks }: CdktfRequest, environment: Environment): void {
  const { name, pools } = environment;
  const known = [claimsStackName(name), ...pools.map((pool) => poolStackName(name, pool.name))];
  const listed = `stacks of ${name}: ${known.join(', ')}`;
  if (command === 'diff' && !(stacks.length === 1 && known.includes(stacks.join()))) {
    throw unknownStack(`diff takes one stack at a time: got ${stacks.join(' ')}; ${listed}.`);
  }
  // As CDKTF matches them.
  const unknown = stacks.filter((stack) => !known.some((candidate) => minimatch(candidate, stack)));
  if (unknown.length === 0) return;
  throw unknownStack(`No such stack: got ${unknown.join(' ')}; ${listed}, or '${name}-*' for all.`);
}

function unknownStack(message: string): InfraError {
  return new InfraError('ERR_INFRA_STACK_UNKNOWN', message);
}
