import {
  checkClientDeployed,
  checkFlows,
  checkScopes,
  checkSecretAge,
} from './checks/app-clients.ts';
import { checkContract, checkSecrets } from './checks/record-claims.ts';
import { checkClientClaims, checkExpiries, checkItems, checkOrphans } from './checks/records.ts';
import { checkTableExists, checkTableProtection, checkTableRecovery } from './checks/table.ts';
import { checkTokens } from './checks/tokens.ts';
import {
  checkAlias,
  checkPermission,
  checkRuntime,
  checkTimeout,
  checkTriggerContract,
} from './checks/trigger-function.ts';
import {
  checkDeployed,
  checkDomain,
  checkPlan,
  checkProtection,
  checkSignUp,
  checkTriggerAttached,
} from './checks/user-pool.ts';
import type { Check, CheckLimits, DeploymentView } from './deployment-view.ts';
import type { Finding } from './finding.ts';

/** Every check, in the order in which findings show. */
const CHECKS: readonly Check[] = [
  checkDeployed,
  checkTableExists,
  checkTriggerAttached,
  checkAlias,
  checkPermission,
  checkTriggerContract,
  checkPlan,
  checkDomain,
  checkProtection,
  checkSignUp,
  checkClientDeployed,
  checkFlows,
  checkScopes,
  checkClientClaims,
  checkItems,
  checkContract,
  checkSecrets,
  checkTokens,
  checkOrphans,
  checkExpiries,
  checkSecretAge,
  checkTimeout,
  checkRuntime,
  checkTableProtection,
  checkTableRecovery,
];

/** Runs every check over one view: errors first, otherwise in the order of the checks. */
export function runChecks(view: DeploymentView, limits: CheckLimits): Finding[] {
  const findings = CHECKS.flatMap((check) => check(view, limits));
  const errors = findings.filter(({ severity }) => severity === 'error');
  return [...errors, ...findings.filter(({ severity }) => severity === 'warning')];
}
