import { digestContract } from '@cognito-m2m/claim-schema/contract-diff';
import type { Check, DeploymentView, FunctionView } from '../deployment-view.ts';
import type { Finding } from '../finding.ts';
import type { Repair } from '../repairs/repair.ts';
import { RUNTIME_END_OF_SUPPORT } from './node-runtimes.ts';
import { type DescribedPool, describedPools, subjectOf } from './user-pool.ts';

/** Amazon Cognito waits no longer, in seconds. @see https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-working-with-lambda-triggers.html */
const COGNITO_LIMIT_SECONDS = 5;
/** How long the trigger itself tries before it refuses: cut off sooner, it gives no reason and serves no stale claims. In seconds. */
const TRIGGER_BUDGET_SECONDS = 2.5;

/** How long before a runtime's end a finding shows: time for a release, in days. */
const RUNTIME_NOTICE_DAYS = 90;
const DAY_SECONDS = 86_400;

/** The function and the alias that pools call are there. */
export const checkAlias: Check = ({ deployCommand, trigger }) => {
  if (trigger === undefined || (trigger !== 'missing' && trigger.aliasArn !== undefined)) return [];
  const what =
    trigger === 'missing'
      ? 'The trigger function does not exist.'
      : `The function has no alias "${trigger.alias}".`;
  return [
    {
      check: 'trigger-alias',
      severity: 'error',
      subject: trigger === 'missing' ? 'trigger' : `trigger ${trigger.functionName}`,
      what,
      why: 'Pools call the trigger through its alias; without it, no client gets a token.',
      how: deployCommand,
    },
  ];
};

/** Amazon Cognito may call the alias, for this pool and this account only. */
export const checkPermission: Check = (view) => {
  const { trigger } = view;
  if (trigger === undefined || trigger === 'missing') return [];
  const pools = describedPools(view);
  return [
    ...pools.flatMap((pool) => checkPoolPermission(view, pool, trigger)),
    ...checkOpenStatements(view, trigger),
  ];
};

function checkPoolPermission(
  { commandLine, deployCommand }: DeploymentView,
  view: DescribedPool,
  trigger: FunctionView,
): Finding[] {
  const { arn } = view.pool;
  const accountId = arn.split(':')[4] ?? '';
  const own = trigger.permissions.filter(({ sourceArn }) => sourceArn === arn);
  // One without SourceAccount lets the pool in, and is reported as what it is: too open.
  if (own.some(({ sourceAccount = accountId }) => sourceAccount === accountId)) return [];
  const finding: Finding = {
    check: 'trigger-permission',
    severity: 'error',
    subject: subjectOf(view),
    what: 'The trigger has no permission for Amazon Cognito to call it for this pool.',
    why: 'Amazon Cognito can not call the trigger, and refuses every token.',
    how: `${commandLine('doctor --fix')} adds it; where its statement stands for another pool: ${deployCommand}`,
  };
  const statementId = `pool-${view.declared.name}`;
  const isTaken = trigger.permissions.some((permission) => permission.statementId === statementId);
  if (isTaken || trigger.aliasArn === undefined) return [finding];
  const repair: Repair = {
    kind: 'allow-invocation',
    functionName: trigger.functionName,
    qualifier: trigger.alias,
    statementId,
    sourceArn: arn,
    sourceAccount: accountId,
  };
  return [{ ...finding, repair }];
}

function checkOpenStatements(
  { deployCommand }: DeploymentView,
  { functionName, alias, permissions }: FunctionView,
): Finding[] {
  return permissions
    .filter(
      ({ sourceArn, sourceAccount }) => sourceArn === undefined || sourceAccount === undefined,
    )
    .map(({ statementId, sourceArn }) => ({
      check: 'trigger-permission',
      severity: 'error',
      subject: `trigger ${functionName}`,
      what: `Statement "${statementId}" lets Amazon Cognito in without ${sourceArn === undefined ? 'SourceArn' : 'SourceAccount'}.`,
      why: 'A pool of another account can call the trigger and read claims out of its answers.',
      how: `aws lambda remove-permission --function-name ${functionName} --qualifier ${alias} --statement-id ${statementId}, then ${deployCommand}`,
    }));
}

/** The function has time to answer, and ends before Amazon Cognito gives up. */
export const checkTimeout: Check = ({ deployCommand, trigger }) => {
  if (trigger === undefined || trigger === 'missing') return [];
  const { functionName, timeoutSeconds } = trigger;
  const isLong = timeoutSeconds > COGNITO_LIMIT_SECONDS;
  if (!isLong && timeoutSeconds >= TRIGGER_BUDGET_SECONDS) return [];
  const limit = isLong
    ? `Amazon Cognito waits ${COGNITO_LIMIT_SECONDS} s`
    : `the trigger reads claims for up to ${TRIGGER_BUDGET_SECONDS} s`;
  return [
    {
      check: 'trigger-timeout',
      severity: isLong ? 'warning' : 'error',
      subject: `trigger ${functionName}`,
      what: `The time-out is ${timeoutSeconds} s; ${limit}.`,
      why: isLong
        ? 'Whatever runs longer is paid for, and nobody waits for its answer.'
        : 'Cut off while the table is slow, it refuses tokens that it could still issue.',
      how: `${deployCommand} sets ${COGNITO_LIMIT_SECONDS} s.`,
    },
  ];
};

/** The trigger was built with the contract by which this checkout judges claims. */
export const checkTriggerContract: Check = ({ deployCommand, trigger }, { rules }) => {
  if (trigger === undefined || trigger === 'missing') return [];
  if (trigger.contractDigest === digestContract(rules.contract)) return [];
  return [
    {
      check: 'trigger-contract',
      severity: 'error',
      subject: `trigger ${trigger.functionName}`,
      what: 'The trigger was built with another contract than the one of this checkout.',
      why: 'A claim that is right here may be off its contract there: the client gets no token.',
      how: `Check out what is deployed, or ${deployCommand}, the claims stack first.`,
    },
  ];
};

/** The runtime is supported, and for a while longer. */
export const checkRuntime: Check = ({ deployCommand, trigger }, { now }) => {
  if (trigger === undefined || trigger === 'missing') return [];
  const { functionName, runtime } = trigger;
  const end = RUNTIME_END_OF_SUPPORT[runtime];
  // A runtime that is newer than the table is supported.
  if (end === undefined) return [];
  const daysLeft = Math.floor((Date.parse(end) / 1000 - now) / DAY_SECONDS);
  if (daysLeft > RUNTIME_NOTICE_DAYS) return [];
  return [
    {
      check: 'trigger-runtime',
      severity: daysLeft < 0 ? 'error' : 'warning',
      subject: `trigger ${functionName}`,
      what: `AWS Lambda ${daysLeft < 0 ? 'has ended' : 'ends'} its support of ${runtime} on ${end}.`,
      why: 'After that day there are no security patches, and later no updates of the function.',
      how: `Set trigger.runtime in the environment file to a newer runtime, then ${deployCommand}`,
    },
  ];
};
