import { checkClientDeployed, checkFlows, checkScopes, checkSecretAge } from './checks/clients.ts';
import { checkContract, checkSecrets } from './checks/record-claims.ts';
import { checkClientClaims, checkExpiries, checkItems, checkOrphans } from './checks/records.ts';
import { checkTableExists, checkTableProtection, checkTableRecovery } from './checks/table.ts';
import { checkDropped, checkEmpty, checkIssued, checkSize } from './checks/tokens.ts';
import {
  checkAlias,
  checkPermission,
  checkRuntime,
  checkTimeout,
  checkTriggerContract,
} from './checks/trigger.ts';
import {
  checkDeployed,
  checkDomain,
  checkPlan,
  checkProtection,
  checkSignUp,
  checkTriggerAttached,
} from './checks/user-pool.ts';
import type { Check, CheckLimits, DeploymentView, Problem } from './deployment-view.ts';

/** A check with its name, as `--json` shows it. */
interface NamedCheck {
  readonly name: string;
  readonly run: Check;
  /**
   * What it asks AWS for. `app-client-settings` comes with client secrets (`DescribeUserPoolClient`): nobody who only
   * watches may have that right.
   */
  readonly needs: 'app-client-settings' | 'nothing-secret';
}

/** Every check, in the order in which findings show. */
const CHECKS = [
  { name: 'pool-deployed', run: checkDeployed, needs: 'nothing-secret' },
  { name: 'table-exists', run: checkTableExists, needs: 'nothing-secret' },
  { name: 'trigger-attached', run: checkTriggerAttached, needs: 'nothing-secret' },
  { name: 'trigger-alias', run: checkAlias, needs: 'nothing-secret' },
  { name: 'trigger-permission', run: checkPermission, needs: 'nothing-secret' },
  { name: 'trigger-contract', run: checkTriggerContract, needs: 'nothing-secret' },
  { name: 'pool-plan', run: checkPlan, needs: 'nothing-secret' },
  { name: 'pool-domain', run: checkDomain, needs: 'nothing-secret' },
  { name: 'pool-protection', run: checkProtection, needs: 'nothing-secret' },
  { name: 'pool-sign-up', run: checkSignUp, needs: 'nothing-secret' },
  { name: 'client-deployed', run: checkClientDeployed, needs: 'nothing-secret' },
  { name: 'client-flows', run: checkFlows, needs: 'app-client-settings' },
  { name: 'client-scopes', run: checkScopes, needs: 'app-client-settings' },
  { name: 'client-claims', run: checkClientClaims, needs: 'nothing-secret' },
  { name: 'records-valid', run: checkItems, needs: 'nothing-secret' },
  { name: 'records-contract', run: checkContract, needs: 'nothing-secret' },
  { name: 'records-secrets', run: checkSecrets, needs: 'nothing-secret' },
  { name: 'token-issued', run: checkIssued, needs: 'nothing-secret' },
  { name: 'token-names', run: checkDropped, needs: 'nothing-secret' },
  { name: 'token-claims', run: checkEmpty, needs: 'nothing-secret' },
  { name: 'size-budget', run: checkSize, needs: 'nothing-secret' },
  { name: 'orphan-records', run: checkOrphans, needs: 'nothing-secret' },
  { name: 'claims-expiring', run: checkExpiries, needs: 'nothing-secret' },
  { name: 'secret-age', run: checkSecretAge, needs: 'nothing-secret' },
  { name: 'trigger-timeout', run: checkTimeout, needs: 'nothing-secret' },
  { name: 'trigger-runtime', run: checkRuntime, needs: 'nothing-secret' },
  { name: 'table-protection', run: checkTableProtection, needs: 'nothing-secret' },
  { name: 'table-recovery', run: checkTableRecovery, needs: 'nothing-secret' },
] as const satisfies readonly NamedCheck[];

/** The name of a check. */
export type CheckName = (typeof CHECKS)[number]['name'];

/** A problem, and the check that found it. */
export interface Finding extends Problem {
  readonly check: CheckName;
}

/** Runs every check over one view: errors first, otherwise in the order of the checks. */
export function runChecks(view: DeploymentView, limits: CheckLimits): Finding[] {
  const findings = CHECKS.flatMap(({ name, run }) =>
    run(view, limits).map((problem): Finding => ({ check: name, ...problem })),
  );
  const errors = findings.filter(({ severity }) => severity === 'error');
  return [...errors, ...findings.filter(({ severity }) => severity === 'warning')];
}
