import type { AttachedFunction } from '@cognito-m2m/doctor';
import type { UserTrigger } from '@cognito-m2m/environment';
import type { CommandLine } from '../frame/command-line.ts';
import type { Style } from '../frame/output/style.ts';
import { plainText } from '../frame/output/text.ts';
import { renderTestedToken, type TestedToken } from '../token/token.ts';

/** The answer of `m2m attach --json`. */
export interface AttachJson {
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

/** The answer of `m2m detach --json`. */
export interface DetachJson {
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

/** What is shown before the pool is changed. */
export function attachText(json: AttachJson, commandLine: CommandLine): string {
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

/** What is shown before the former trigger is put back. */
export function detachText(json: DetachJson): string {
  const { userPoolId, pool, environment, trigger, after, notes } = json;
  return [
    `User pool ${userPoolId}, pool ${pool} of ${environment}`,
    `  attached now:  ${functionText(trigger)}`,
    `  will put back: ${functionText(after)}`,
    '  tokens for machines carry no claims afterwards; every other setting of the pool stays as it is',
    ...notes.map((note) => `  note: ${note}`),
  ].join('\n');
}

function functionText(attached: AttachedFunction | null): string {
  return attached === null
    ? 'no function'
    : `${plainText(attached.functionArn)} (${attached.version})`;
}

/** How the attaching ended. */
export function renderAttach(json: AttachJson, commandLine: CommandLine): (style: Style) => string {
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

/** How the detaching ended. */
export function renderDetach({
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
