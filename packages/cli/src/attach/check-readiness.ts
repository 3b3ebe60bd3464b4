import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import { type CheckName, type DeploymentView, runChecks } from '@cognito-m2m/doctor';
import type { Pool } from '@cognito-m2m/environment';
import type { CommandContext } from '../frame/command.ts';
import { toEpochSeconds } from '../frame/time.ts';
import { claimRulesOf } from '../prediction/client-records.ts';

/** The checks of `m2m doctor` that must find nothing before a pool of another owner calls the trigger. */
const REQUIRED: ReadonlySet<CheckName> = new Set<CheckName>([
  'pool-parameter',
  'pool-deployed',
  'pool-plan',
  'trigger-alias',
  'trigger-code',
  'trigger-permission',
  'trigger-state',
  'trigger-concurrency',
  'trigger-table',
  'trigger-role',
  'trigger-contract',
  'trigger-users',
  'table-exists',
  'table-status',
  'client-deployed',
  'client-parameter',
  'client-flows',
  'records-complete',
  'records-valid',
  'records-contract',
]);

/** Something that must be put right before the trigger is attached. */
export interface Obstacle {
  readonly subject: string;
  readonly what: string;
  readonly how: string;
}

/** What was found before anything was changed. */
export interface Readiness {
  /** Empty if the trigger can be attached. */
  readonly obstacles: readonly Obstacle[];
  /** What is good to know, and stops nothing. */
  readonly notes: readonly string[];
}

/** Looks for everything that would leave tokens without claims, or refuse them, once the trigger is attached. */
export async function checkReadiness(
  context: CommandContext,
  lambda: LambdaClient,
  declared: Pool,
  view: DeploymentView,
): Promise<Readiness> {
  const limits = {
    now: toEpochSeconds(context.clock()),
    rules: claimRulesOf(context.environment),
    secretDays: Number.POSITIVE_INFINITY,
    expiryDays: 0,
  };
  const findings = runChecks(view, limits, (check) => REQUIRED.has(check));
  const obstacles: Obstacle[] = [
    ...findings.filter(({ severity }) => severity === 'error'),
    ...view.notAllowed.map((what) => ({
      subject: 'this caller',
      what: `Cannot check: ${what}.`,
      how: 'aws sts get-caller-identity shows who you are for AWS; docs/permissions.md lists the rights.',
    })),
  ].map(({ subject, what, how }) => ({ subject, what, how }));
  const triggerArn = view.trigger?.found?.aliasArn;
  // A trigger that cannot run, or reads nothing, would answer with no more than that.
  if (obstacles.length > 0 || triggerArn === undefined) {
    return { obstacles, notes: view.notChecked };
  }
  const invoke = createInvoke(lambda, triggerArn);
  const machine = await checkMachineEvent(invoke, declared, view);
  const user = await checkUserEvent(invoke, declared, view);
  return {
    obstacles: [...machine, ...user.obstacles],
    notes: [...view.notChecked, ...user.notes],
  };
}

/** The name of the user and of the client in the two test events: no pool gives such an ID. */
const NOBODY = 'm2m-attach-check';

/** How the trigger answered: with an event, or with an error. */
type Answer =
  | { readonly event: { readonly response?: unknown } }
  | { readonly errorType: string; readonly errorMessage: string };

type Invoke = (event: object) => Promise<Answer>;

function createInvoke(lambda: LambdaClient, triggerArn: string): Invoke {
  return async (event) => {
    const command = new InvokeCommand({
      FunctionName: triggerArn,
      Payload: JSON.stringify(event),
    });
    const { Payload = new Uint8Array(), FunctionError } = await lambda.send(command);
    const answer: unknown = JSON.parse(Buffer.from(Payload).toString() || 'null');
    if (FunctionError === undefined) return { event: Object(answer) };
    const { errorType, errorMessage } = Object(answer);
    return { errorType: String(errorType), errorMessage: String(errorMessage) };
  };
}

/** The event of a client that does not exist: whatever the answer, nobody gets a token by it. */
async function checkMachineEvent(
  invoke: Invoke,
  declared: Pool,
  view: DeploymentView,
): Promise<Obstacle[]> {
  const event = eventOf(view, {
    triggerSource: 'TokenGeneration_ClientCredentials',
    userName: 'ClientCredentials',
    request: {
      userAttributes: {},
      groupConfiguration: null,
      scopes: [`${NOBODY}/scope`],
      clientMetadata: {},
    },
  });
  const answer = await invoke(event);
  const isRefused = 'errorMessage' in answer;
  const code = isRefused ? codeOf(answer.errorMessage) : undefined;
  const isExpected =
    declared.unknownClients === 'deny'
      ? code === 'ERR_CLIENT_UNKNOWN'
      : !isRefused && !addsClaims(answer.event);
  if (isExpected) return [];
  const found = isRefused ? (code ?? answer.errorType) : 'an answer';
  const expected =
    declared.unknownClients === 'deny' ? 'ERR_CLIENT_UNKNOWN' : 'an answer without a change';
  return [
    {
      subject: 'trigger',
      what: `The test event of an unknown client came back with ${found}; expected ${expected}.`,
      how: `${view.deployCommand}; the log of the trigger shows the cause.`,
    },
  ];
}

/** True if an answer changes anything of a token. */
function addsClaims({ response }: { readonly response?: unknown }): boolean {
  const text = JSON.stringify(response ?? null);
  // Whatever the trigger leaves as it was is `null`, empty or absent.
  return /"(?:claimsToAddOrOverride|claimsToSuppress|scopesToAdd|scopesToSuppress)":[[{][^\]}]/.test(
    text,
  );
}

/** The event of a user who does not exist: it comes back unchanged, or from the function that is named for users. */
async function checkUserEvent(
  invoke: Invoke,
  { userTrigger }: Pool,
  view: DeploymentView,
): Promise<Readiness> {
  const event = eventOf(view, {
    triggerSource: 'TokenGeneration_Authentication',
    userName: NOBODY,
    request: {
      userAttributes: { sub: NOBODY, 'cognito:user_status': 'CONFIRMED' },
      groupConfiguration: { groupsToOverride: [], iamRolesToOverride: [], preferredRole: null },
      scopes: ['aws.cognito.signin.user.admin'],
    },
  });
  const answer = await invoke(event);
  if ('event' in answer) return { obstacles: [], notes: [] };
  const { errorType, errorMessage } = answer;
  const code = codeOf(errorMessage);
  if (userTrigger !== undefined && !code?.startsWith('ERR_USER_TRIGGER_')) {
    const note = `The userTrigger answered the event of a made-up user with ${errorType}. Users' sign-ins get its answers, as before.`;
    return { obstacles: [], notes: [note] };
  }
  const obstacle = {
    subject: 'trigger',
    what: `The test event of a made-up user failed with ${code ?? errorType}.`,
    how:
      userTrigger === undefined
        ? `${view.deployCommand}; the log of the trigger shows the cause.`
        : `Correct userTrigger in the environment file, then ${view.deployCommand}. ${userTrigger.functionArn} must exist, let the role of the trigger invoke it, and answer within 5 s.`,
  };
  return { obstacles: [obstacle], notes: [] };
}

function eventOf(view: DeploymentView, fields: object) {
  const userPoolId = view.pools[0]?.userPoolId ?? '';
  return {
    version: '3',
    region: userPoolId.split('_')[0],
    userPoolId,
    callerContext: { awsSdkVersion: 'aws-sdk-unknown-unknown', clientId: NOBODY },
    response: { claimsAndScopeOverrideDetails: null },
    ...fields,
  };
}

function codeOf(message: string): string | undefined {
  return /\((ERR_[A-Z_]+)\)/.exec(message)?.[1];
}
