import {
  checkClientDeployed,
  checkClientParameter,
  checkFlows,
  checkScopes,
  checkSecretAge,
  checkUndeclared,
  checkUnknownSecret,
} from './checks/clients.ts';
import { checkKeyReaders, checkReaders } from './checks/readers.ts';
import { checkContract, checkSecrets } from './checks/record-claims.ts';
import {
  checkClientClaims,
  checkComplete,
  checkExpiries,
  checkHistory,
  checkItems,
  checkOrphans,
} from './checks/records.ts';
import {
  checkRole,
  checkTableExists,
  checkTableProtection,
  checkTableRecovery,
  checkTableStatus,
} from './checks/table.ts';
import { checkDropped, checkEmpty, checkIssued, checkSize } from './checks/tokens.ts';
import {
  checkAlias,
  checkCode,
  checkConcurrency,
  checkPermission,
  checkRuntime,
  checkSettings,
  checkState,
  checkTimeout,
  checkTriggerContract,
  checkTriggerTable,
  checkTriggerVersion,
  checkUserTriggers,
} from './checks/trigger.ts';
import {
  checkDeployed,
  checkDomain,
  checkIssuerForm,
  checkNamesakes,
  checkPlan,
  checkPoolParameter,
  checkProtection,
  checkRegistration,
  checkSignUp,
  checkTriggerAttached,
  isNamedPool,
} from './checks/user-pool.ts';
import { checkIssuerClients, checkIssuers, checkUserTokensSent } from './checks/user-tokens.ts';
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

const SEVERITIES = ['error', 'warning', 'notice'] as const;

/** Every check, in the order in which findings show: a token's path from the request to the table, then what will go wrong later. */
const CHECKS = [
  { name: 'pool-deployed', run: checkDeployed, needs: 'nothing-secret' },
  { name: 'trigger-attached', run: checkTriggerAttached, needs: 'nothing-secret' },
  { name: 'trigger-alias', run: checkAlias, needs: 'nothing-secret' },
  { name: 'trigger-code', run: checkCode, needs: 'nothing-secret' },
  { name: 'trigger-permission', run: checkPermission, needs: 'nothing-secret' },
  { name: 'trigger-state', run: checkState, needs: 'nothing-secret' },
  { name: 'trigger-concurrency', run: checkConcurrency, needs: 'nothing-secret' },
  { name: 'trigger-table', run: checkTriggerTable, needs: 'nothing-secret' },
  { name: 'trigger-role', run: checkRole, needs: 'nothing-secret' },
  { name: 'table-exists', run: checkTableExists, needs: 'nothing-secret' },
  { name: 'table-status', run: checkTableStatus, needs: 'nothing-secret' },
  { name: 'trigger-contract', run: checkTriggerContract, needs: 'nothing-secret' },
  { name: 'trigger-version', run: checkTriggerVersion, needs: 'nothing-secret' },
  { name: 'trigger-settings', run: checkSettings, needs: 'nothing-secret' },
  { name: 'trigger-users', run: checkUserTriggers, needs: 'nothing-secret' },
  { name: 'pool-plan', run: checkPlan, needs: 'nothing-secret' },
  { name: 'pool-domain', run: checkDomain, needs: 'nothing-secret' },
  { name: 'pool-issuer', run: checkIssuerForm, needs: 'nothing-secret' },
  { name: 'pool-protection', run: checkProtection, needs: 'nothing-secret' },
  { name: 'pool-sign-up', run: checkSignUp, needs: 'nothing-secret' },
  { name: 'pool-registration', run: checkRegistration, needs: 'nothing-secret' },
  { name: 'client-deployed', run: checkClientDeployed, needs: 'nothing-secret' },
  { name: 'client-parameter', run: checkClientParameter, needs: 'nothing-secret' },
  { name: 'client-undeclared', run: checkUndeclared, needs: 'nothing-secret' },
  { name: 'secret-unknown', run: checkUnknownSecret, needs: 'nothing-secret' },
  { name: 'secret-readers', run: checkReaders, needs: 'nothing-secret' },
  { name: 'key-readers', run: checkKeyReaders, needs: 'nothing-secret' },
  { name: 'client-flows', run: checkFlows, needs: 'app-client-settings' },
  { name: 'client-scopes', run: checkScopes, needs: 'app-client-settings' },
  { name: 'client-claims', run: checkClientClaims, needs: 'app-client-settings' },
  { name: 'records-complete', run: checkComplete, needs: 'nothing-secret' },
  { name: 'records-valid', run: checkItems, needs: 'nothing-secret' },
  { name: 'records-contract', run: checkContract, needs: 'nothing-secret' },
  { name: 'records-secrets', run: checkSecrets, needs: 'nothing-secret' },
  { name: 'token-issued', run: checkIssued, needs: 'nothing-secret' },
  { name: 'token-issuers', run: checkIssuers, needs: 'nothing-secret' },
  { name: 'token-issuer-clients', run: checkIssuerClients, needs: 'nothing-secret' },
  { name: 'token-required', run: checkUserTokensSent, needs: 'nothing-secret' },
  { name: 'token-names', run: checkDropped, needs: 'nothing-secret' },
  { name: 'token-claims', run: checkEmpty, needs: 'nothing-secret' },
  { name: 'size-budget', run: checkSize, needs: 'nothing-secret' },
  { name: 'orphan-records', run: checkOrphans, needs: 'nothing-secret' },
  { name: 'records-history', run: checkHistory, needs: 'nothing-secret' },
  { name: 'claims-expiring', run: checkExpiries, needs: 'nothing-secret' },
  { name: 'secret-age', run: checkSecretAge, needs: 'nothing-secret' },
  { name: 'trigger-timeout', run: checkTimeout, needs: 'nothing-secret' },
  { name: 'trigger-runtime', run: checkRuntime, needs: 'nothing-secret' },
  { name: 'table-protection', run: checkTableProtection, needs: 'nothing-secret' },
  { name: 'table-recovery', run: checkTableRecovery, needs: 'nothing-secret' },
  { name: 'pool-namesake', run: checkNamesakes, needs: 'nothing-secret' },
] as const satisfies readonly NamedCheck[];

/** Checks of the pools as the parameters name them; the others look only at pools that these find nothing wrong with. */
const NAME_CHECKS = [
  { name: 'pool-parameter', run: checkPoolParameter, needs: 'nothing-secret' },
] as const satisfies readonly NamedCheck[];

/** The name of a check. */
export type CheckName = (typeof CHECKS | typeof NAME_CHECKS)[number]['name'];

/** A problem, and the check that found it. */
export interface Finding extends Problem {
  readonly check: CheckName;
}

/**
 * Runs the checks over one view: errors first, then warnings and notices, otherwise in the order of the checks.
 *
 * @param isWanted - Chooses checks by name. @default all
 */
export function runChecks(
  view: DeploymentView,
  limits: CheckLimits,
  isWanted: (check: CheckName) => boolean = () => true,
): Finding[] {
  // Where the parameters of a pool name another one, all that was read is about that other one.
  const trusted = { ...view, pools: view.pools.filter(isNamedPool) };
  const run = (checks: typeof CHECKS | typeof NAME_CHECKS, looked: DeploymentView) =>
    checks
      .filter(({ name }) => isWanted(name))
      .flatMap((check) =>
        check.run(looked, limits).map((problem): Finding => ({ check: check.name, ...problem })),
      );
  const findings = [...run(NAME_CHECKS, view), ...run(CHECKS, trusted)];
  return SEVERITIES.flatMap((severity) =>
    findings.filter((finding) => finding.severity === severity),
  );
}
