import { GetFunctionConfigurationCommand } from '@aws-sdk/client-lambda';
import type { Contract } from '@cognito-m2m/claim-schema';
import { digestContract } from '@cognito-m2m/claim-schema/contract-diff';
import { TRIGGER_VARIABLES } from '@cognito-m2m/claims-store/trigger-settings';
import { createOptionalReads, type OptionalReads } from '@cognito-m2m/doctor';
import { TRIGGER_ALIAS, triggerName } from '@cognito-m2m/environment/names';
import type { Target } from '../frame/target.ts';
import { awsClientsOf } from './aws-target.ts';

/** The rules by which the deployed trigger decides now. */
export interface DeployedRules {
  /** True if the trigger was built with the contract of this checkout. */
  readonly isOfContract: boolean;
  /** `undefined` where the deploy did not say. */
  readonly sizeBudgetBytes: number | undefined;
}

/**
 * Reads the rules of the deployed trigger.
 *
 * @returns `undefined` where they are not known: a local Cognito, no trigger, or a caller who may not read its
 *   configuration, which `reads` then reports.
 */
export async function readDeployedRules(
  contract: Contract,
  target: Target,
  environmentName: string,
  reads: OptionalReads = createOptionalReads(),
): Promise<DeployedRules | undefined> {
  const lambda = awsClientsOf(target)?.lambda;
  if (lambda === undefined) return undefined;
  const describe = new GetFunctionConfigurationCommand({
    FunctionName: triggerName(environmentName),
    Qualifier: TRIGGER_ALIAS,
  });
  const trigger = await reads.read('rules of the deployed trigger', lambda.send(describe));
  if (trigger === undefined) return undefined;
  const variables = trigger.Environment?.Variables ?? {};
  const budget = Number(variables[TRIGGER_VARIABLES.sizeBudgetBytes]);
  return {
    isOfContract: variables[TRIGGER_VARIABLES.contractDigest] === digestContract(contract),
    sizeBudgetBytes: budget > 0 ? budget : undefined,
  };
}
