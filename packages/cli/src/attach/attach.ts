import {
  type AttachedFunction,
  type Attachment,
  attachTrigger,
  type DeploymentView,
  readAttachment,
} from '@cognito-m2m/doctor';
import { type Client, isTheirs, type Pool, type UserTrigger } from '@cognito-m2m/environment';
import { attachmentParameterName, environmentOfTrigger } from '@cognito-m2m/environment/names';
import type { AwsClients } from '../deployment/aws-clients.ts';
import { requireClient } from '../deployment/find-pools.ts';
import { gatherView } from '../deployment/gather-view.ts';
import type { Command, CommandContext, CommandLine } from '../frame/command.ts';
import { CliError, EXIT_CODES, type ExitCode } from '../frame/errors.ts';
import { ALWAYS_YES, type Style } from '../frame/terminal.ts';
import { plainText } from '../frame/text.ts';
import { renderTestedToken, type TestedToken, testLargestToken } from '../token/token.ts';
import { checkReadiness, type Obstacle } from './check-readiness.ts';
import { attachFailed, functionText, isTriggerOf, requireExistingPool } from './existing-pool.ts';
import { type PrintFormat, writeOwnerCode } from './owner-code.ts';

/** Input of `m2m attach`. */
export interface AttachInput {
  readonly poolName: string;
  /** Prints the lines for the owner's code in place of the change. @default the pool is changed */
  readonly format: PrintFormat | undefined;
  /** True to switch off a function that is not named as `userTrigger`. */
  readonly isReplacing: boolean;
  /** True to attach without asking. */
  readonly isConfirmed: boolean;
}

/** How long Amazon Cognito may take to call a trigger that was just attached, and how often a token is asked for. */
const PATIENCE_MS = 30_000;
const INTERVAL_MS = 3_000;

/** `m2m attach`: connects the trigger to a pool of another owner, after everything that tokens depend on was checked. */
export const attach: Command<CommandContext, AttachInput> = async (context, input) => {
  const { declared, clients } = await requireExistingPool(context, input.poolName);
  const { standing, notes } = await requireReady(context, input, declared, clients);
  const { userPoolId, triggerArn } = standing;
  const json: AttachJson = {
    environment: context.environment.name,
    target: context.target.label,
    pool: declared.name,
    userPoolId,
    trigger: triggerArn,
    before: standing.attached ?? null,
    userTrigger: declared.userTrigger ?? null,
    switchedOff: standing.isForeign ? (standing.attached?.functionArn ?? null) : null,
    outcome: standing.isAttached ? 'already-attached' : 'attached',
    printed: null,
    token: null,
    notes: [...notes, ...machineNotes(standing)],
  };
  const finish = (changes: Partial<AttachJson>, exitCode: ExitCode = EXIT_CODES.ok) => {
    const answer = { ...json, ...changes };
    return { json: answer, text: renderAttach(answer, context.commandLine), exitCode };
  };
  if (input.format !== undefined) {
    const printed = writeOwnerCode(input.format, { userPoolId, triggerArn });
    // The lines are all that stdout holds.
    for (const line of printNotes(json)) context.output.note(`Note: ${line}`);
    return finish({ outcome: 'printed', printed });
  }
  if (!standing.isAttached) {
    const asker = input.isConfirmed ? ALWAYS_YES : context.prompt;
    const question = `Attach the trigger to ${userPoolId} on ${context.target.label}?`;
    if (!(await asker.confirm(attachText(json, context.commandLine), question))) {
      return finish({ outcome: 'refused' }, EXIT_CODES.fault);
    }
    const parameterName = attachmentParameterName(json.environment, declared.name);
    await attachTrigger(clients, { userPoolId, triggerArn, parameterName }).catch(
      (error: unknown) => {
        throw attachFailed(declared.name, error);
      },
    );
  }
  const token = await proveToken(context, declared);
  const isProven = token === undefined || token.result === 'same';
  return finish({ token: token ?? null }, isProven ? EXIT_CODES.ok : EXIT_CODES.findings);
};

/** What the owner of a pool should know before applying the printed lines. */
function printNotes({ switchedOff, notes }: AttachJson): string[] {
  const lost =
    switchedOff === null
      ? []
      : [`This switches off ${switchedOff}: users' tokens lose what it adds.`];
  return [...lost, ...notes];
}

/** Checks everything that tokens depend on. @throws {CliError} If the pool is not ready, with every obstacle. */
async function requireReady(
  context: CommandContext,
  input: AttachInput,
  declared: Pool,
  clients: AwsClients,
) {
  const view = await gatherView(context, {
    pools: [declared],
    maxDescribed: Number.POSITIVE_INFINITY,
  });
  const standing = readStanding(context, declared, view);
  const { obstacles, notes } = await checkReadiness(context, clients.lambda, declared, view);
  const parameterName = attachmentParameterName(context.environment.name, declared.name);
  const memory = await readAttachment(clients.ssm, parameterName);
  const all = [
    ...obstacles,
    ...otherPoolObstacles(context, declared, standing, memory),
    ...replacementObstacles(context, declared, standing, input),
  ];
  if (all.length > 0) throw notReady(context, input, all);
  return { standing, notes };
}

/** What the pool calls now, and what it shall call. */
interface Standing {
  readonly userPoolId: string;
  /** The alias of the trigger. */
  readonly triggerArn: string;
  readonly attached: AttachedFunction | undefined;
  /** True if the trigger is attached as it should be. */
  readonly isAttached: boolean;
  /** True if the attached function is neither ours nor the one named for users. */
  readonly isForeign: boolean;
}

function readStanding(
  { environment }: CommandContext,
  { existing, userTrigger }: Pool,
  view: DeploymentView,
): Standing {
  const attached = view.pools[0]?.pool?.found?.trigger;
  const triggerArn = view.trigger?.found?.aliasArn ?? '';
  const isOurs = attached !== undefined && isTriggerOf(environment.name, attached.functionArn);
  return {
    userPoolId: existing?.userPoolId ?? '',
    triggerArn,
    attached,
    isAttached: isOurs && attached.version === 'V3_0',
    isForeign:
      attached !== undefined && !isOurs && attached.functionArn !== userTrigger?.functionArn,
  };
}

/** The memory of one pool is of one user pool. */
function otherPoolObstacles(
  { commandLine }: CommandContext,
  { name }: Pool,
  { userPoolId }: Standing,
  memory: Attachment | undefined,
): Obstacle[] {
  if (memory === undefined || memory.userPoolId === userPoolId) return [];
  return [
    {
      subject: `pool ${name}`,
      what: `The trigger was attached to user pool ${memory.userPoolId} before; the environment file now names ${userPoolId}.`,
      how: `${commandLine(`detach ${name}`)} puts back what ${memory.userPoolId} called; then attach again.`,
    },
  ];
}

/** A function of the newest version customizes the tokens of machines today, too; as `userTrigger` it receives users' events only. */
function machineNotes({ attached, isAttached }: Standing): string[] {
  if (attached?.version !== 'V3_0' || isAttached) return [];
  return [
    `${attached.functionArn} is attached as V3_0, so it may also add claims to machine tokens. It will no longer receive their events: declare in the environment file what it adds to them.`,
  ];
}

/** What would be switched off, or called in another version than it was, without a word. */
function replacementObstacles(
  { commandLine }: CommandContext,
  { name, userTrigger }: Pool,
  { attached, isForeign }: Standing,
  { isReplacing }: AttachInput,
): Obstacle[] {
  if (attached === undefined) return [];
  const subject = `pool ${name}`;
  const { functionArn, version } = attached;
  const otherEnvironment = environmentOfTrigger(functionArn);
  if (isForeign && otherEnvironment !== undefined && !isReplacing) {
    const what = `The pool calls the trigger of environment "${otherEnvironment}", which claims it too.`;
    const how = `Remove the pool from one of the two environment files; m2m detach ${name} --env ${otherEnvironment} takes that trigger off.`;
    return [{ subject, what, how }];
  }
  if (isForeign && !isReplacing) {
    return [
      {
        subject,
        what: `Attaching would switch off ${functionArn} (${version}), which the environment file does not name.`,
        how: `If it customizes users' tokens: userTrigger: { functionArn: '${functionArn}', eventVersion: '${version}' }, then deploy. To switch it off: ${commandLine(`attach ${name} --replace`)}`,
      },
    ];
  }
  if (functionArn !== userTrigger?.functionArn || version === userTrigger.eventVersion) return [];
  return [
    {
      subject,
      what: `${functionArn} is attached as ${version}; its userTrigger.eventVersion is ${userTrigger.eventVersion}.`,
      how: `Set eventVersion: '${version}' in the environment file, then deploy.`,
    },
  ];
}

function notReady(
  { commandLine }: CommandContext,
  { poolName, format }: AttachInput,
  obstacles: readonly Obstacle[],
): CliError {
  const lines = obstacles.flatMap(({ subject, what, how }) => [
    `  - ${subject}: ${what}`,
    `    ${how}`,
  ]);
  const count = `${obstacles.length} ${obstacles.length === 1 ? 'thing' : 'things'}`;
  const message = [`Nothing was changed: ${count} to put right first.`, ...lines].join('\n');
  const print = format === undefined ? '' : ` --print ${format}`;
  const next = `put these right, then ${commandLine(`attach ${poolName}${print}`)}`;
  return new CliError('ERR_ATTACH_NOT_READY', message, { next });
}

/** Asks for a token as the first client whose secret is known; again while Amazon Cognito may not call the trigger yet. */
async function proveToken(
  context: CommandContext,
  declared: Pool,
): Promise<TestedToken | undefined> {
  const client = declared.clients.find(hasKnownSecret);
  if (client === undefined) return undefined;
  const { clock, wait, output } = context;
  const found = await requireClient(context, declared.name, client.name);
  const progress = output.startProgress('Waiting for a token with claims, seconds');
  const startedAt = clock();
  try {
    for (;;) {
      const token = await testLargestToken(context, found);
      const waited = clock() - startedAt;
      if (token.result !== 'different' || waited >= PATIENCE_MS) return token;
      progress.update(Math.round(waited / 1000));
      await wait(INTERVAL_MS);
    }
  } finally {
    progress.end();
  }
}

function hasKnownSecret(client: Client): boolean {
  return !isTheirs(client) || client.secretId !== undefined;
}

/** The answer of `m2m attach --json`. */
interface AttachJson {
  readonly environment: string;
  readonly target: string;
  readonly pool: string;
  readonly userPoolId: string;
  /** The alias of the trigger. */
  readonly trigger: string;
  /** What the pool called when the command began; `null` for nothing. */
  readonly before: AttachedFunction | null;
  /** The function that goes on with the events of users; `null` for none. */
  readonly userTrigger: UserTrigger | null;
  /** The function that is no longer called, with `--replace`. */
  readonly switchedOff: string | null;
  readonly outcome: 'attached' | 'already-attached' | 'printed' | 'refused';
  /** The lines for the code of the pool's owner, with `--print`. */
  readonly printed: string | null;
  /** A token of a client whose secret is known; `null` if none is, or none was asked for. */
  readonly token: TestedToken | null;
  /** What is good to know, and stopped nothing. */
  readonly notes: readonly string[];
}

/** What is shown before the pool is changed. */
function attachText(json: AttachJson, commandLine: CommandLine): string {
  const { before, trigger, userTrigger, switchedOff, notes } = json;
  const users =
    userTrigger === null
      ? 'come back unchanged'
      : `go on to ${userTrigger.functionArn} (${userTrigger.eventVersion})`;
  return [
    `User pool ${json.userPoolId}, pool ${json.pool} of ${json.environment}`,
    `  attached now:  ${functionText(before)}`,
    `  will attach:   ${trigger} (V3_0)`,
    `  users' events: ${users}`,
    '  every other setting of the pool stays as it is',
    ...(switchedOff === null
      ? []
      : [`  SWITCHES OFF ${switchedOff}: users' tokens lose what it adds`]),
    ...notes.map((note) => `  note: ${plainText(note)}`),
    `To undo: ${commandLine(`detach ${json.pool}`)}`,
  ].join('\n');
}

/** How the attaching ended. */
function renderAttach(json: AttachJson, commandLine: CommandLine): (style: Style) => string {
  return (style) => {
    const { outcome, printed, userPoolId, trigger, token, pool, notes } = json;
    if (outcome === 'refused') return 'Nothing changed.';
    if (printed !== null) return printed;
    const { green, dim } = style.colours;
    const first =
      outcome === 'attached'
        ? `Attached ${trigger} to ${userPoolId}. Read back: every other setting is as before.`
        : `${userPoolId} already calls ${trigger}.`;
    return [
      green(first),
      ...notes.map((note) => dim(`Note: ${plainText(note)}`)),
      ...tokenLines(token, style),
      `If a stack manages the setting, it takes the trigger off with its next deploy: ${commandLine(`attach ${pool} --print terraform`)} prints the lines for its code.`,
    ].join('\n');
  };
}

function tokenLines(token: TestedToken | null, style: Style): string[] {
  if (token === null) {
    return [
      'No token was proved: the secret of no client is known. Set secretId of a client in the environment file, then m2m token.',
    ];
  }
  return renderTestedToken(token, style);
}
