import { VERSION } from '@cognito-m2m/claim-schema';
import { digestContract } from '@cognito-m2m/claim-schema/contract-diff';
import { TRIGGER_VARIABLES } from '@cognito-m2m/claims-store/trigger-settings';
import { RUNTIME_END_OF_SUPPORT, type UserTrigger } from '@cognito-m2m/environment';
import { COGNITO_LIMIT_SECONDS } from '@cognito-m2m/environment/names';
import type { Checks, DeploymentView, FunctionView, Problem } from '../deployment-view.ts';
import type { Repair } from '../repairs.ts';
import { type DescribedPool, describedPools, poolSubject, triggersOf } from './subjects.ts';

/** How long the trigger itself tries before it refuses: stopped sooner, it gives no reason and serves no stale claims. In seconds. */
const TRIGGER_BUDGET_SECONDS = 2.5;

/** How long before a runtime's end a finding shows: time for a release, in days. */
const RUNTIME_NOTICE_DAYS = 90;
const DAY_SECONDS = 86_400;

/** What may be wrong with the trigger function. */
export const TRIGGER_CHECKS = {
  /** The function and the alias that pools call are there. */
  'trigger-alias': ({ deployCommand, trigger }) => {
    if (trigger === undefined || trigger.found?.aliasArn !== undefined) return [];
    const { found } = trigger;
    return [
      {
        severity: 'error',
        subject: found === undefined ? 'trigger' : triggerSubject(found),
        what:
          found === undefined
            ? 'The trigger function does not exist.'
            : `The function has no alias "${found.alias}".`,
        why: 'Pools call the trigger through its alias. Without it, no client gets a token.',
        how: deployCommand,
      },
    ];
  },

  /** The alias runs the version that was deployed, and no other. */
  'trigger-code': (view) =>
    triggersOf(view).flatMap((trigger): Problem[] => {
      const { alias, versions, declaredVersion } = trigger;
      const others = versions.filter((version) => version !== (declaredVersion ?? versions[0]));
      if (others.length === 0) return [];
      return [
        {
          severity: 'error',
          subject: triggerSubject(trigger),
          what: `The alias "${alias}" runs version ${others.join(' and ')}, which is not the one that was deployed.`,
          why: 'Other code decides which claims the tokens of every pool carry.',
          how: `${view.deployCommand} puts the deployed version back.`,
        },
      ];
    }),

  /** Amazon Cognito may call the alias, for this pool and this account only. */
  'trigger-permission': (view) =>
    triggersOf(view).flatMap((trigger) => [
      ...describedPools(view).flatMap((pool) => checkPoolPermission(view, pool, trigger)),
      ...openStatements(view, trigger),
    ]),

  /** The function can run. */
  'trigger-state': (view) =>
    triggersOf(view)
      .filter(({ state }) => state !== 'Active')
      .map((trigger) => ({
        severity: trigger.state === 'Failed' ? 'error' : 'warning',
        subject: triggerSubject(trigger),
        what: `The function cannot run now: its state is ${trigger.state}.`,
        why: 'Amazon Cognito refuses a token if it cannot start the trigger.',
        how: `aws lambda get-function-configuration --function-name ${trigger.functionName} shows why; ${view.deployCommand}`,
      })),

  /** The function may run at all. */
  'trigger-concurrency': (view) =>
    triggersOf(view)
      .filter(({ reservedConcurrency }) => reservedConcurrency === 0)
      .map((trigger) => ({
        severity: 'error',
        subject: triggerSubject(trigger),
        what: 'The reserved concurrency of the function is 0.',
        why: 'AWS Lambda never starts it, so Amazon Cognito refuses every token.',
        how: `aws lambda delete-function-concurrency --function-name ${trigger.functionName}, then ${view.deployCommand}`,
      })),

  /** The trigger reads the table that holds the records of each pool. */
  'trigger-table': (view) =>
    triggersOf(view).flatMap(({ variables }) =>
      view.pools
        .filter(({ tableName }) => variables[TRIGGER_VARIABLES.tableName] !== tableName)
        .map((pool) => ({
          severity: 'error',
          subject: poolSubject(pool),
          what: `The trigger reads table ${variables[TRIGGER_VARIABLES.tableName] ?? '(none)'}; the records of the pool are in ${pool.tableName}.`,
          why: 'The trigger cannot find the records of the clients and refuses their tokens.',
          how: view.deployCommand,
        })),
    ),

  /** The trigger was built with the contract by which this checkout judges claims. */
  'trigger-contract': (view, { rules }) =>
    triggersOf(view)
      .filter(
        ({ variables }) =>
          variables[TRIGGER_VARIABLES.contractDigest] !== digestContract(rules.contract),
      )
      .map((trigger) => ({
        severity: 'error',
        subject: triggerSubject(trigger),
        what: 'The trigger was built with a different contract than the one in this checkout.',
        why: 'A claim that is valid here may violate the contract there, and the client then gets no token.',
        how: `Check out what is deployed, or ${view.deployCommand}, the claims stack first.`,
      })),

  /** The trigger was deployed by the version of the product that judges it. */
  'trigger-version': (view) =>
    triggersOf(view)
      .filter(({ variables }) => variables[TRIGGER_VARIABLES.version] !== VERSION)
      .map((trigger) => ({
        severity: 'notice',
        subject: triggerSubject(trigger),
        what: `The trigger is version ${trigger.variables[TRIGGER_VARIABLES.version] ?? '(unknown)'}; this checkout is version ${VERSION}.`,
        why: 'What this command expects may differ from what the trigger does.',
        how: `Check out the deployed version, or ${view.deployCommand}.`,
      })),

  /** The trigger runs with the settings that the environment file declares. */
  'trigger-settings': (view) => {
    const { cacheSeconds, maxStaleSeconds, sizeBudgetBytes } = view.environment.trigger;
    const declared = {
      [TRIGGER_VARIABLES.cacheSeconds]: cacheSeconds,
      [TRIGGER_VARIABLES.maxStaleSeconds]: maxStaleSeconds,
      [TRIGGER_VARIABLES.sizeBudgetBytes]: sizeBudgetBytes,
    };
    return triggersOf(view).flatMap((trigger) =>
      Object.entries(declared)
        .filter(([name, value]) => trigger.variables[name] !== String(value))
        .map(([name, value]) => ({
          severity: 'warning',
          subject: triggerSubject(trigger),
          what: `${name} is ${trigger.variables[name] ?? 'not set'}; the environment file says ${value}.`,
          why: 'Tokens are refused, or claims change, at another point than the file says.',
          how: `${view.deployCommand}, or correct the environment file.`,
        })),
    );
  },

  /** The trigger hands the events of users to the function that the environment file names, and to no other. */
  'trigger-users': (view) =>
    triggersOf(view).flatMap(({ variables }) => {
      const targets = readUserTriggers(variables[TRIGGER_VARIABLES.userTriggers]);
      return view.pools.flatMap((pool): Problem[] => {
        const { existing, userTrigger } = pool.declared;
        if (existing === undefined) return [];
        const deployed = targets[existing.userPoolId];
        const isSame =
          deployed?.functionArn === userTrigger?.functionArn &&
          deployed?.eventVersion === userTrigger?.eventVersion;
        if (isSame) return [];
        const name = (target: UserTrigger | undefined) =>
          target === undefined ? 'no function' : `${target.functionArn} (${target.eventVersion})`;
        return [
          {
            severity: 'error',
            subject: poolSubject(pool),
            what: `The trigger hands the events of users to ${name(deployed)}; the environment file says ${name(userTrigger)}.`,
            why: "Users' tokens lack what the declared function adds.",
            how: `${view.deployCommand}, the claims stack first.`,
          },
        ];
      });
    }),

  /** The function has time to answer, and ends before Amazon Cognito gives up. */
  'trigger-timeout': (view) =>
    triggersOf(view).flatMap((trigger): Problem[] => {
      const { timeoutSeconds } = trigger;
      const isLong = timeoutSeconds > COGNITO_LIMIT_SECONDS;
      if (!isLong && timeoutSeconds >= TRIGGER_BUDGET_SECONDS) return [];
      const limit = isLong
        ? `Amazon Cognito waits ${COGNITO_LIMIT_SECONDS} s`
        : `the trigger reads claims for up to ${TRIGGER_BUDGET_SECONDS} s`;
      return [
        {
          severity: isLong ? 'warning' : 'error',
          subject: triggerSubject(trigger),
          what: `The timeout is ${timeoutSeconds} s; ${limit}.`,
          why: isLong
            ? 'Time beyond that is paid for, and nobody waits for the answer.'
            : 'Stopped while the table is slow, it refuses tokens that it could still issue.',
          how: `${view.deployCommand} sets ${COGNITO_LIMIT_SECONDS} s.`,
        },
      ];
    }),

  /** The runtime is supported, and for a while longer. */
  'trigger-runtime': (view, { now }) =>
    triggersOf(view).flatMap((trigger): Problem[] => {
      const { runtime } = trigger;
      const end = RUNTIME_END_OF_SUPPORT[runtime];
      // A runtime that is newer than the table is supported.
      if (end === undefined) return [];
      const daysLeft = Math.floor((Date.parse(end) / 1000 - now) / DAY_SECONDS);
      if (daysLeft > RUNTIME_NOTICE_DAYS) return [];
      return [
        {
          severity: daysLeft < 0 ? 'error' : 'warning',
          subject: triggerSubject(trigger),
          what: `AWS Lambda ${daysLeft < 0 ? 'ended' : 'ends'} support for ${runtime} on ${end}.`,
          why: 'After that day there are no security patches, and later no updates of the function.',
          how: `Set trigger.runtime in the environment file to a newer runtime, then ${view.deployCommand}`,
        },
      ];
    }),
} satisfies Checks;

function checkPoolPermission(
  { commandLine, deployCommand }: DeploymentView,
  view: DescribedPool,
  trigger: FunctionView,
): Problem[] {
  const { arn } = view.pool;
  const accountId = arn.split(':')[4] ?? '';
  const own = trigger.permissions.filter(({ sourceArn }) => sourceArn === arn);
  // One without SourceAccount lets the pool call, and is reported as what it is: too open.
  if (own.some(({ sourceAccount = accountId }) => sourceAccount === accountId)) return [];
  const problem: Problem = {
    severity: 'error',
    subject: poolSubject(view),
    what: 'The trigger has no permission for Amazon Cognito to call it for this pool.',
    why: 'Amazon Cognito cannot call the trigger and refuses every token.',
    how: `${commandLine('doctor --fix')} adds it. If a statement of that name exists for another pool: ${deployCommand}`,
  };
  const statementId = `pool-${view.declared.name}`;
  const isTaken = trigger.permissions.some((permission) => permission.statementId === statementId);
  if (isTaken || trigger.aliasArn === undefined) return [problem];
  const repair: Repair = {
    kind: 'allow-invocation',
    functionName: trigger.functionName,
    qualifier: trigger.alias,
    statementId,
    sourceArn: arn,
    sourceAccount: accountId,
  };
  return [{ ...problem, repair }];
}

function openStatements(
  { deployCommand }: DeploymentView,
  { functionName, alias, permissions }: FunctionView,
): Problem[] {
  return permissions
    .filter(
      ({ sourceArn, sourceAccount }) => sourceArn === undefined || sourceAccount === undefined,
    )
    .map(({ statementId, sourceArn }) => ({
      severity: 'error',
      subject: triggerSubject({ functionName }),
      what: `Statement "${statementId}" lets Amazon Cognito call the trigger without ${sourceArn === undefined ? 'SourceArn' : 'SourceAccount'}.`,
      why: 'A pool of another account can call the trigger and read claims from its answers.',
      how: `aws lambda remove-permission --function-name ${functionName} --qualifier ${alias} --statement-id ${statementId}, then ${deployCommand}`,
    }));
}

function readUserTriggers(json = '{}'): { readonly [userPoolId: string]: UserTrigger | undefined } {
  try {
    return JSON.parse(json);
  } catch {
    // The trigger itself refuses such a variable, and hands events to no function.
    return {};
  }
}

function triggerSubject({ functionName }: Pick<FunctionView, 'functionName'>): string {
  return `trigger ${functionName}`;
}
