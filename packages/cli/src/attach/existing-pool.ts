import { type AttachedFunction, PoolChangeError } from '@cognito-m2m/doctor';
import type { Pool } from '@cognito-m2m/environment';
import { TRIGGER_ALIAS, triggerName } from '@cognito-m2m/environment/names';
import type { AwsClients } from '../deployment/aws-clients.ts';
import { awsClientsOf } from '../deployment/aws-target.ts';
import { declaredPools } from '../deployment/find-pools.ts';
import type { CommandContext } from '../frame/command.ts';
import { CliError } from '../frame/errors.ts';
import { plainText } from '../frame/text.ts';

/**
 * Finds a declared pool of another owner, on AWS.
 *
 * @throws {CliError} `ERR_POOL_UNKNOWN`, or `ERR_ATTACH_NOT_AVAILABLE` for a pool of ours, or a local Cognito.
 */
export async function requireExistingPool(
  context: CommandContext,
  poolName: string,
): Promise<{ readonly declared: Pool; readonly clients: AwsClients }> {
  const { target } = context;
  const [declared] = declaredPools(context, poolName);
  if (declared?.existing === undefined) {
    const message = `Pool "${poolName}" is created by the deploy, which attaches the trigger itself. Only a pool with existing: { userPoolId } is attached and detached by hand.`;
    throw new CliError('ERR_ATTACH_NOT_AVAILABLE', message, {
      next: { m2m: `doctor ${poolName}` },
    });
  }
  const clients = awsClientsOf(target);
  if (clients === undefined) {
    const message =
      'A local Cognito serves existing pools as its own, with the trigger attached: there is nothing to attach or detach.';
    throw new CliError('ERR_ATTACH_NOT_AVAILABLE', message, {
      next: 'the same command with --aws',
    });
  }
  // Refuses credentials of another account.
  await target.readCaller();
  return { declared, clients };
}

/** True for the alias of an environment's trigger, in any account and Region. */
export function isTriggerOf(environmentName: string, functionArn: string): boolean {
  return functionArn.endsWith(`:function:${triggerName(environmentName)}:${TRIGGER_ALIAS}`);
}

/** Says what a change of a pool came to that did not end as it should. */
export function attachFailed(poolName: string, error: unknown): unknown {
  if (!(error instanceof PoolChangeError)) return error;
  const message = `${error.message} Something else changed the pool at the same time, or Amazon Cognito did not keep a setting.`;
  return new CliError('ERR_ATTACH_FAILED', message, {
    cause: error,
    next: { m2m: `doctor ${poolName}`, afterwards: `or m2m detach ${poolName} to undo` },
  });
}

/** How people read an attached function. */
export function functionText(attached: AttachedFunction | null): string {
  return attached === null
    ? 'no function'
    : `${plainText(attached.functionArn)} (${attached.version})`;
}
