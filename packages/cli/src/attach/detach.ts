import {
  type AttachedFunction,
  type Attachment,
  detachTrigger,
  readAttachedFunction,
  readAttachment,
  toAttachedFunction,
} from '@cognito-m2m/doctor';
import { attachmentParameterName } from '@cognito-m2m/environment/names';
import type { Command, CommandContext } from '../frame/command.ts';
import { CliError, EXIT_CODES } from '../frame/errors.ts';
import { ALWAYS_YES, type Style } from '../frame/terminal.ts';
import { attachFailed, functionText, isTriggerOf, requireExistingPool } from './existing-pool.ts';

/** Input of `m2m detach`. */
interface DetachInput {
  readonly poolName: string;
  /** True to detach without asking. */
  readonly isConfirmed: boolean;
}

/** `m2m detach`: puts back what a pool of another owner called before `m2m attach`. */
export const detach: Command<CommandContext, DetachInput> = async (context, input) => {
  const { environment, target, prompt } = context;
  const { declared, clients } = await requireExistingPool(context, input.poolName);
  const parameterName = attachmentParameterName(environment.name, declared.name);
  const memory = await readAttachment(clients.ssm, parameterName);
  const userPoolId = memory?.userPoolId ?? declared.existing?.userPoolId ?? '';
  const attached = await readAttachedFunction(clients.cognito, userPoolId);
  const isOurs = attached !== undefined && isTriggerOf(environment.name, attached.functionArn);
  if (memory === undefined && isOurs) throw notRemembered(context, userPoolId);
  const json: DetachJson = {
    environment: environment.name,
    target: target.label,
    pool: declared.name,
    userPoolId,
    trigger: attached ?? null,
    after: memory === undefined || !isOurs ? (attached ?? null) : beforeOf(memory),
    outcome: 'not-attached',
    notes: isOurs ? [OWNER_CODE_NOTE] : [],
  };
  const finish = (outcome: DetachJson['outcome']) => {
    const answer = { ...json, outcome };
    return {
      json: answer,
      text: renderDetach(answer),
      exitCode: outcome === 'refused' ? EXIT_CODES.fault : EXIT_CODES.ok,
    };
  };
  if (memory === undefined) return finish('not-attached');
  const asker = input.isConfirmed || !isOurs ? ALWAYS_YES : prompt;
  const question = `Detach the trigger from ${userPoolId} on ${target.label}?`;
  if (!(await asker.confirm(detachText(json), question))) return finish('refused');
  const triggerArn = attached?.functionArn ?? '';
  const request = { userPoolId, triggerArn: isOurs ? triggerArn : '', parameterName };
  return finish(
    await detachTrigger(clients, request, memory).catch((error: unknown) => {
      throw attachFailed(declared.name, error);
    }),
  );
};

/** No API says whether a stack manages the setting. */
const OWNER_CODE_NOTE =
  "If the code of the pool's owner holds the lines of m2m attach --print, its next deploy attaches the trigger again: have them taken out there.";

function beforeOf({ before }: Attachment): DetachJson['after'] {
  return toAttachedFunction(before) ?? null;
}

function notRemembered({ commandLine }: CommandContext, userPoolId: string): CliError {
  const message = `User pool ${userPoolId} calls the trigger, but m2m attach did not attach it: the code of the pool's owner did, and its next deploy would attach the trigger again. What the pool called before is not known. Nothing was changed.`;
  const next = `have the lines of m2m attach --print taken out of the owner's code, then ${commandLine('doctor')}`;
  return new CliError('ERR_DETACH_UNKNOWN', message, { next });
}

/** The answer of `m2m detach --json`. */
interface DetachJson {
  readonly environment: string;
  readonly target: string;
  readonly pool: string;
  readonly userPoolId: string;
  /** What the pool called when the command began. */
  readonly trigger: AttachedFunction | null;
  /** What it calls afterwards. */
  readonly after: AttachedFunction | null;
  readonly outcome: 'detached' | 'not-attached' | 'refused';
  /** What is good to know. */
  readonly notes: readonly string[];
}

/** What is shown before the former trigger is put back. */
function detachText(json: DetachJson): string {
  const { userPoolId, pool, environment, trigger, after, notes } = json;
  return [
    `User pool ${userPoolId}, pool ${pool} of ${environment}`,
    `  attached now:  ${functionText(trigger)}`,
    `  will put back: ${functionText(after)}`,
    '  tokens for machines carry no claims afterwards; every other setting of the pool stays as it is',
    ...notes.map((note) => `  note: ${note}`),
  ].join('\n');
}

/** How the detaching ended. */
function renderDetach({
  outcome,
  userPoolId,
  trigger,
  after,
  notes,
}: DetachJson): (style: Style) => string {
  return ({ colours }) => {
    switch (outcome) {
      case 'refused':
        return 'Nothing changed.';
      case 'detached':
        return [
          colours.green(`${userPoolId} calls ${functionText(after)} again.`),
          ...notes.map((note) => colours.dim(`Note: ${note}`)),
        ].join('\n');
      case 'not-attached':
        return `The trigger is not attached to ${userPoolId}, which calls ${functionText(trigger)}. Nothing to put back.`;
    }
  };
}
