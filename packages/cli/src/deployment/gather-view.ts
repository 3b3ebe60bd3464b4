import { type DeploymentSource, type DeploymentView, gatherDeployment } from '@cognito-m2m/doctor';
import type { Pool } from '@cognito-m2m/environment';
import {
  secretName,
  TRIGGER_ALIAS,
  triggerName,
  userPoolName,
} from '@cognito-m2m/environment/names';
import type { CommandContext } from '../frame/command.ts';
import type { DeployedPool } from '../frame/target.ts';
import { awsClientsOf } from './aws-target.ts';
import { deployCommand } from './find-pools.ts';

/**
 * Reads everything that the checks of a deployment look at.
 *
 * @param options.maxDescribed - How many declared clients of a pool have their settings read at most: five a second.
 */
export function gatherView(
  { environment, target, commandLine, output }: CommandContext,
  options: Pick<DeploymentSource, 'userTokens' | 'readKeyPolicy'> & {
    readonly pools: readonly Pool[];
    readonly maxDescribed: number;
  },
): Promise<DeploymentView> {
  const { pools, maxDescribed, ...others } = options;
  return gatherDeployment<DeployedPool>({
    environment,
    commandLine,
    deployCommand: deployCommand(target, environment.name),
    pools,
    clients: awsClientsOf(target),
    trigger: { functionName: triggerName(environment.name), alias: TRIGGER_ALIAS },
    findPool: (name) => target.findPool(name),
    listClientIds: (name) => target.listClientIds(name),
    userPoolName: (name) => userPoolName(environment.name, name),
    secretName: (pool, client) => secretName(environment.name, pool, client),
    clientScope: { settings: maxDescribed },
    openLister: (pool) => target.openClaims(pool).lister,
    startProgress: output.startProgress,
    ...others,
  });
}
