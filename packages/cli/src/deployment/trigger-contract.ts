import { GetFunctionConfigurationCommand } from '@aws-sdk/client-lambda';
import type { Contract } from '@cognito-m2m/claim-schema';
import { digestContract } from '@cognito-m2m/claim-schema/contract-diff';
import { TRIGGER_VARIABLES } from '@cognito-m2m/claims-store/trigger-settings';
import { createOptionalReads } from '@cognito-m2m/doctor';
import { TRIGGER_ALIAS, triggerName } from '@cognito-m2m/environment/names';
import type { Target } from '../frame/target.ts';
import { awsClientsOf } from './aws-target.ts';

/**
 * Finds out whether the deployed trigger was built with this contract.
 *
 * @returns `undefined` where nobody can say: a local Cognito, no trigger, or a caller who may not read its configuration.
 */
export async function isTriggerBuiltWith(
  contract: Contract,
  target: Target,
  environmentName: string,
): Promise<boolean | undefined> {
  const lambda = awsClientsOf(target)?.lambda;
  if (lambda === undefined) return undefined;
  const describe = new GetFunctionConfigurationCommand({
    FunctionName: triggerName(environmentName),
    Qualifier: TRIGGER_ALIAS,
  });
  const trigger = await createOptionalReads().read('trigger', lambda.send(describe));
  if (trigger === undefined) return undefined;
  return (
    trigger.Environment?.Variables?.[TRIGGER_VARIABLES.contractDigest] === digestContract(contract)
  );
}
