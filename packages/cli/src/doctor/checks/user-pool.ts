import type {
  Check,
  DeploymentView,
  FunctionView,
  PoolView,
  UserPoolView,
} from '../deployment-view.ts';
import type { Finding } from '../finding.ts';
import type { PoolChanges } from '../repairs/repair.ts';

/** A pool with what Amazon Cognito says of it. */
export interface DescribedPool extends PoolView {
  readonly pool: UserPoolView;
}

/** The pools that could be described. */
export function describedPools({ pools }: DeploymentView): DescribedPool[] {
  return pools.filter(
    (view): view is DescribedPool => view.pool !== undefined && view.pool !== 'missing',
  );
}

/** Every declared pool is there. */
export const checkDeployed: Check = ({ deployCommand, missingPools, pools }) => {
  const gone = pools.filter(({ pool }) => pool === 'missing');
  const problems = [
    ...missingPools.map((name) => ({
      name,
      what: 'The environment file declares the pool, but it is not deployed.',
    })),
    ...gone.map(({ declared, userPoolId }) => ({
      name: declared.name,
      what: `The deploy's parameters name user pool ${userPoolId}, which does not exist.`,
    })),
  ];
  return problems.map(({ name, what }) => ({
    check: 'pool-deployed',
    severity: 'error',
    subject: `pool ${name}`,
    what,
    why: 'Its clients get no tokens.',
    how: deployCommand,
  }));
};

/** The trigger is attached, as V3_0, through the alias. */
export const checkTriggerAttached: Check = (view) =>
  describedPools(view).flatMap((pool) => {
    const problem = triggerProblem(pool.pool, view.trigger);
    if (problem === undefined) return [];
    const finding: Finding = {
      check: 'trigger-attached',
      severity: 'error',
      subject: subjectOf(pool),
      what: problem,
      why: 'Amazon Cognito calls only a V3_0 trigger for client credentials; without it, tokens carry no claims.',
      how: `${view.commandLine('doctor --fix')} attaches the alias again and leaves every other setting of the pool as it is.`,
    };
    const triggerArn = aliasArnOf(view.trigger);
    return [triggerArn === undefined ? finding : withRepair(finding, pool, { triggerArn })];
  });

function triggerProblem({ trigger }: UserPoolView, deployed: DeploymentView['trigger']) {
  if (trigger === undefined) return 'No pre-token-generation trigger is attached.';
  if (trigger.version !== 'V3_0') return `The trigger is attached as ${trigger.version}, not V3_0.`;
  const expected = aliasArnOf(deployed);
  if (expected === undefined || trigger.functionArn === expected) return undefined;
  return `The pool calls ${trigger.functionArn}, not the alias ${expected}.`;
}

function aliasArnOf(trigger: FunctionView | 'missing' | undefined): string | undefined {
  return trigger === undefined || trigger === 'missing' ? undefined : trigger.aliasArn;
}

/** The feature plan runs the trigger. */
export const checkPlan: Check = (deployment) =>
  describedPools(deployment)
    .filter(({ pool, declared }) => pool.plan !== declared.plan)
    .map((view) => {
      const { commandLine, deployCommand } = deployment;
      const { pool, declared } = view;
      const isTooLow = pool.plan !== 'ESSENTIALS' && pool.plan !== 'PLUS';
      const finding: Finding = {
        check: 'pool-plan',
        severity: isTooLow ? 'error' : 'warning',
        subject: subjectOf(view),
        what: `The feature plan is ${pool.plan}; the environment file says ${declared.plan}.`,
        why: isTooLow
          ? 'Below ESSENTIALS, Amazon Cognito never calls the trigger for these tokens.'
          : 'The pool costs and protects otherwise than declared.',
        how: isTooLow
          ? `${commandLine('doctor --fix')} raises the plan.`
          : `${deployCommand}, or correct the environment file.`,
      };
      return isTooLow ? withRepair(finding, view, { plan: declared.plan }) : finding;
    });

/** The token endpoint has a domain. */
export const checkDomain: Check = (deployment) =>
  describedPools(deployment)
    .filter(({ pool }) => pool.domain === undefined)
    .map((view) => ({
      check: 'pool-domain',
      severity: 'error',
      subject: subjectOf(view),
      what: 'The pool has no domain.',
      why: 'The token endpoint lives on the domain: no client can ask for a token.',
      how: `${deployment.deployCommand} makes the domain "${view.declared.domainPrefix}".`,
    }));

/** A pool that is not disposable can't be deleted by accident. */
export const checkProtection: Check = (view) =>
  describedPools(view)
    .filter(({ pool }) => !pool.isDeletionProtected && !view.environment.isDisposable)
    .map((pool) =>
      withRepair(
        {
          check: 'pool-protection',
          severity: 'warning',
          subject: subjectOf(pool),
          what: 'Deletion protection is off.',
          why: 'A deleted pool takes its client ids and secrets with it, for good.',
          how: `${view.commandLine('doctor --fix')} turns it on.`,
        },
        pool,
        { isDeletionProtected: true },
      ),
    );

/** Nobody signs up to a pool for machines. */
export const checkSignUp: Check = (view) =>
  describedPools(view)
    .filter(({ pool }) => pool.isSignUpOpen)
    .map((pool) =>
      withRepair(
        {
          check: 'pool-sign-up',
          severity: 'warning',
          subject: subjectOf(pool),
          what: 'Anyone may sign up as a user.',
          why: 'A pool for machines has no users; an update that leaves settings out opens it.',
          how: `${view.commandLine('doctor --fix')} closes sign-up.`,
        },
        pool,
        { isSignUpClosed: true },
      ),
    );

function withRepair(finding: Finding, { userPoolId }: PoolView, changes: PoolChanges): Finding {
  return { ...finding, repair: { kind: 'change-user-pool', userPoolId, changes } };
}

/** How findings name a pool. */
export function subjectOf({ declared }: PoolView): string {
  return `pool ${declared.name}`;
}
