import { keysOf } from '@cognito-m2m/claim-schema/values';
import { CLIENT_CHECKS } from './checks/clients.ts';
import { RECORD_CHECKS } from './checks/records.ts';
import { TABLE_CHECKS } from './checks/table.ts';
import { TOKEN_CHECKS } from './checks/tokens.ts';
import { TRIGGER_CHECKS } from './checks/trigger.ts';
import { POOL_CHECKS } from './checks/user-pool.ts';
import type { CheckLimits, Checks, DeploymentView, PoolView, Problem } from './deployment-view.ts';

const SEVERITIES = ['error', 'warning', 'notice'] as const;

/** The checks of pools as the parameters name them; the others look only at pools that these find nothing wrong with. */
const NAME_CHECKS = {
  /** The parameters of a pool name that pool: what the table says about a user pool decides, because the deploy wrote it. */
  'pool-parameter': ({ deployCommand, pools }) =>
    pools
      .filter((pool) => !isNamedPool(pool))
      .map(({ declared, userPoolId, listing }) => ({
        severity: 'error',
        subject: `pool ${declared.name}`,
        what: `The deployment's parameters name user pool ${userPoolId}, which is pool "${listing?.found?.settings?.poolName}".`,
        why: 'Every command for this pool would act on the other one. Nothing else was checked here, and --fix leaves it alone.',
        how: `${deployCommand} writes the parameters again.`,
      })),
} satisfies Checks;

/** The other checks, in the order in which findings show: a token's path from the request to the table and back. */
const CHECKS = {
  ...POOL_CHECKS,
  ...TRIGGER_CHECKS,
  ...TABLE_CHECKS,
  ...CLIENT_CHECKS,
  ...RECORD_CHECKS,
  ...TOKEN_CHECKS,
} satisfies Checks;

/** The name of a check. */
export type CheckName = keyof typeof NAME_CHECKS | keyof typeof CHECKS;

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
  const run = <Name extends CheckName>(checks: Checks<Name>, looked: DeploymentView) =>
    keysOf(checks)
      .filter(isWanted)
      .flatMap((check) =>
        checks[check](looked, limits).map((problem): Finding => ({ check, ...problem })),
      );
  // Where the parameters of a pool name another one, all that was read is about that other one.
  const trusted = { ...view, pools: view.pools.filter(isNamedPool) };
  const findings = [...run(NAME_CHECKS, view), ...run(CHECKS, trusted)];
  return SEVERITIES.flatMap((severity) =>
    findings.filter((finding) => finding.severity === severity),
  );
}

/** True unless the table says that the user pool is another one than the parameters say. */
function isNamedPool({ declared, listing }: PoolView): boolean {
  const poolName = listing?.found?.settings?.poolName;
  return poolName === undefined || poolName === declared.name;
}
