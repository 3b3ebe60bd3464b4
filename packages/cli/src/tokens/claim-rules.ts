import type { ClaimRules } from '@cognito-m2m/claim-schema';
import type { Environment } from '@cognito-m2m/environment';

/** The rules that hold for every token of an environment: the team's contract and the trigger's size budget. */
export function claimRulesOf({ contract, trigger }: Environment): ClaimRules {
  return { contract, sizeBudgetBytes: trigger.sizeBudgetBytes };
}
