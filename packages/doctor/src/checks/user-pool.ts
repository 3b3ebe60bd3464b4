import { attachmentParameterName } from '@cognito-m2m/environment/names';
import type { Checks, DeploymentView, Problem, UserPoolView } from '../deployment-view.ts';
import type { PoolChanges } from '../repairs.ts';
import { type DescribedPool, describedPools, poolSubject } from './subjects.ts';

/** What may be wrong with the user pools. */
export const POOL_CHECKS = {
  /** Every declared pool is there. */
  'pool-deployed': ({ deployCommand, missingPools, pools }) => {
    const gone = pools.filter(({ pool }) => pool !== undefined && pool.found === undefined);
    const problems = [
      ...missingPools.map((name) => ({
        name,
        what: 'The environment file declares the pool, but it is not deployed.',
        how: deployCommand,
      })),
      ...gone.map(({ declared, userPoolId }) => ({
        name: declared.name,
        what: `The deployment's parameters name user pool ${userPoolId}, which does not exist.`,
        how:
          declared.existing === undefined
            ? deployCommand
            : `Correct existing.userPoolId in the environment file, then ${deployCommand}`,
      })),
    ];
    return problems.map(({ name, what, how }) => ({
      severity: 'error',
      subject: `pool ${name}`,
      what,
      why: 'Its clients cannot get tokens.',
      how,
    }));
  },

  /** The trigger is attached, as V3_0, through the alias. */
  'trigger-attached': (view) =>
    describedPools(view).flatMap((pool) => {
      const aliasArn = view.trigger?.found?.aliasArn;
      const what = triggerProblem(pool.pool, aliasArn);
      if (what === undefined) return [];
      if (pool.declared.existing !== undefined) return [detachedExisting(view, pool, what)];
      const problem: Problem = {
        severity: 'error',
        subject: poolSubject(pool),
        what,
        why: 'Amazon Cognito calls only a V3_0 trigger for client credentials. Without it, tokens carry no claims.',
        how: `${view.commandLine('doctor --fix')} attaches the alias again and keeps every other setting of the pool.`,
      };
      return [
        aliasArn === undefined ? problem : withRepair(problem, pool, { triggerArn: aliasArn }),
      ];
    }),

  /** The feature plan runs the trigger. */
  'pool-plan': (deployment) =>
    describedPools(deployment)
      .filter(({ pool, declared }) =>
        declared.existing === undefined ? pool.plan !== declared.plan : !runsTrigger(pool.plan),
      )
      .map((view) => planProblem(deployment, view)),

  /** The token endpoint has a domain. */
  'pool-domain': (deployment) =>
    describedPools(deployment)
      .filter(({ pool }) => pool.domain === undefined)
      .map((view) => ({
        severity: 'error',
        subject: poolSubject(view),
        what: 'The pool has no domain.',
        why: 'The token endpoint is part of the domain, so no client can request a token.',
        how:
          view.declared.existing === undefined
            ? `${deployment.deployCommand} creates the domain.`
            : `Ask the pool's owner for a domain, then ${deployment.deployCommand}`,
      })),

  /** The tokens of a pool carry the issuer that its parameter holds: the pool may have changed its form since the deploy. */
  'pool-issuer': (deployment) =>
    describedPools(deployment)
      .filter(
        ({ issuer, pool }) => issuer !== undefined && isUpdated(issuer) !== pool.hasUpdatedIssuer,
      )
      .map((view) => ({
        severity: 'error',
        subject: poolSubject(view),
        what: `The pool's tokens carry the ${view.pool.hasUpdatedIssuer ? 'updated' : 'original'} form of its issuer; the parameter "issuer" holds ${view.issuer}.`,
        why: 'A service that takes the issuer from the parameter refuses every new token of the pool.',
        how: `Deploy again, which writes the issuer of the discovery document: ${deployment.deployCommand}. Then restart the services that read the parameter once.`,
      })),

  /** A pool that is not disposable can't be deleted by accident. */
  'pool-protection': (view) =>
    ownPools(view)
      .filter(({ pool }) => !pool.isDeletionProtected && !view.environment.isDisposable)
      .map((pool) =>
        withRepair(
          {
            severity: 'warning',
            subject: poolSubject(pool),
            what: 'Deletion protection is off.',
            why: 'Deleting a pool deletes its client IDs and secrets, and they cannot be restored.',
            how: `${view.commandLine('doctor --fix')} turns it on.`,
          },
          pool,
          { isDeletionProtected: true },
        ),
      ),

  /** Nobody signs up to a pool for machines. */
  'pool-sign-up': (view) =>
    ownPools(view)
      .filter(({ pool }) => pool.isSignUpOpen)
      .map((pool) =>
        withRepair(
          {
            severity: 'warning',
            subject: poolSubject(pool),
            what: 'Anyone may sign up as a user.',
            why: 'A pool for machines has no users. An UpdateUserPool call that leaves settings out opens sign-up.',
            how: `${view.commandLine('doctor --fix')} closes sign-up.`,
          },
          pool,
          { isSignUpClosed: true },
        ),
      ),

  /** No more clients can register themselves than the environment file says. */
  'pool-registration': (view) =>
    describedPools(view).flatMap((pool): Problem[] => {
      const { registration } = pool.pool;
      const declared = pool.declared.clientRegistration;
      if (registration === undefined) return [];
      const { open, authenticated } = registration;
      if (open.length > 0 && declared !== 'open') {
        return [registrationProblem(view, pool, 'open', open)];
      }
      if (authenticated.length > 0 && declared === 'none') {
        return [registrationProblem(view, pool, 'authenticated', authenticated)];
      }
      return [];
    }),

  /** No second pool has the name of one of ours, as after a deploy that was killed. */
  'pool-namesake': ({ deployCommand, namesakes = [] }) =>
    namesakes.map(({ userPoolId, name }) => ({
      severity: 'warning',
      subject: `pool ${userPoolId}`,
      what: `User pool ${userPoolId} is called "${name}" like one of this environment, but it is not part of the deployment.`,
      why: 'A deploy that was killed leaves such a pool. Terraform does not know it, and its clients get tokens without claims.',
      how: `If nothing uses it: aws cognito-idp delete-user-pool --user-pool-id ${userPoolId}. Then ${deployCommand}`,
    })),
} satisfies Checks;

/** The trigger of an existing pool: it is put back where it was attached before, and attached for the first time by a person. */
function detachedExisting(view: DeploymentView, pool: DescribedPool, what: string): Problem {
  const { declared, attachment, userPoolId } = pool;
  const attach = view.commandLine(`attach ${declared.name}`);
  const problem = { subject: poolSubject(pool), what };
  const triggerArn = view.trigger?.found?.aliasArn;
  const attached = pool.pool.trigger?.functionArn;
  const isKnown =
    attached === undefined ||
    attached === triggerArn ||
    attached === declared.userTrigger?.functionArn;
  if (!isKnown) {
    return {
      ...problem,
      severity: 'error',
      why: 'Tokens for machines carry no claims, and attaching would switch that function off.',
      how: `If it customizes users' tokens, declare it as userTrigger, then ${view.deployCommand}, then ${attach}. ${attach} --replace switches it off.`,
    };
  }
  if (attachment?.found === undefined || triggerArn === undefined) {
    return {
      ...problem,
      severity: 'warning',
      why: 'Until it is attached, tokens for machines carry no claims. Nothing else changed for the pool.',
      how: `${attach} attaches it; with --print, it prints the lines for the code of the pool's owner.`,
    };
  }
  return {
    ...problem,
    severity: 'error',
    why: "It was attached, and something took it off, such as a deploy of the pool's owner. Tokens for machines carry no claims.",
    how: `${view.commandLine('doctor --fix')} attaches it again. So that it stays: ${attach} --print terraform prints the lines for the owner's code.`,
    repair: {
      kind: 'attach-trigger',
      userPoolId,
      triggerArn,
      parameterName: attachmentParameterName(view.environment.name, declared.name),
    },
  };
}

function triggerProblem({ trigger }: UserPoolView, aliasArn: string | undefined) {
  if (trigger === undefined) return 'No pre-token-generation trigger is attached.';
  if (trigger.version !== 'V3_0') return `The trigger is attached as ${trigger.version}, not V3_0.`;
  if (aliasArn === undefined || trigger.functionArn === aliasArn) return undefined;
  return `The pool calls ${trigger.functionArn}, not the alias ${aliasArn}.`;
}

/** True for a plan on which Amazon Cognito calls the trigger for client credentials. */
export function runsTrigger(plan: string | undefined): boolean {
  return plan === 'ESSENTIALS' || plan === 'PLUS';
}

function planProblem({ commandLine, deployCommand }: DeploymentView, view: DescribedPool): Problem {
  const { pool, declared } = view;
  if (declared.existing !== undefined) {
    return {
      severity: 'error',
      subject: poolSubject(view),
      what: `The feature plan of the pool is ${pool.plan}.`,
      why: 'Below ESSENTIALS, Amazon Cognito never calls the trigger for these tokens.',
      how: "Ask the pool's owner for the plan ESSENTIALS or PLUS: the plan is a setting of theirs.",
    };
  }
  const problem = {
    subject: poolSubject(view),
    what: `The feature plan is ${pool.plan}; the environment file says ${declared.plan}.`,
  };
  if (runsTrigger(pool.plan)) {
    return {
      ...problem,
      severity: 'warning',
      why: 'The price and the protection of the pool differ from the declaration.',
      how: `${deployCommand}, or correct the environment file.`,
    };
  }
  const tooLow: Problem = {
    ...problem,
    severity: 'error',
    why: 'Below ESSENTIALS, Amazon Cognito never calls the trigger for these tokens.',
    how: `${commandLine('doctor --fix')} raises the plan.`,
  };
  return withRepair(tooLow, view, { plan: declared.plan });
}

/** True for the updated form of an issuer, in every partition. */
function isUpdated(issuer: string): boolean {
  return issuer.startsWith('https://issuer-cognito-idp.');
}

/** The pools that the deploy created: how an existing one is set up is up to its owner. */
function ownPools(view: DeploymentView): DescribedPool[] {
  return describedPools(view).filter(({ declared }) => declared.existing === undefined);
}

function registrationProblem(
  { deployCommand }: DeploymentView,
  pool: DescribedPool,
  way: 'open' | 'authenticated',
  grants: readonly string[],
): Problem {
  const isForMachines = grants.includes('client_credentials');
  const who = way === 'open' ? 'Anyone' : 'Anyone with an initial access token';
  const count = (pool.clients ?? []).filter(({ isRegistered }) => isRegistered).length;
  const registered = count === 0 ? '' : ` So far: ${count}.`;
  return {
    severity: way === 'open' && isForMachines ? 'error' : 'warning',
    subject: poolSubject(pool),
    what: `${who} can register app clients with ${grants.join(', ')}; the environment file says clientRegistration: '${pool.declared.clientRegistration}'.${registered}`,
    why: isForMachines
      ? 'Registered clients can request tokens of this pool, which its owner pays for. With unknownClients: issue-without-claims they get them.'
      : 'Registered clients can send users to the sign-in page of this pool.',
    how: `If nobody needs it: aws cognito-idp update-user-pool with DcrConfiguration EnableStatus=Disabled and all other settings of the pool. If it is wanted: clientRegistration: '${way}' in the environment file, then ${deployCommand}`,
  };
}

function withRepair(problem: Problem, { userPoolId }: DescribedPool, changes: PoolChanges) {
  return { ...problem, repair: { kind: 'change-user-pool', userPoolId, changes } as const };
}
