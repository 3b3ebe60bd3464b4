import {
  type FoundClient,
  type NamedClient,
  nameClient,
  placeText,
} from '../deployment/find-pools.ts';
import type { Command, CommandContext, CommandResult } from '../frame/command.ts';
import { EXIT_CODES, type ExitCode } from '../frame/errors.ts';
import type { Style } from '../frame/terminal.ts';
import { plainText } from '../frame/text.ts';
import { toEpochSeconds, toIsoTime, toIsoTimeOfMs } from '../frame/time.ts';
import { openRotation } from './open-rotation.ts';
import { openReaders, type ReaderState } from './readers.ts';
import type { AppClientSecret, RotationStep, StepKind } from './rotation-view.ts';
import {
  type OpenStanding,
  type RotationPhase,
  type RotationRun,
  runRotation,
} from './run-rotation.ts';

/** Input of `m2m rotate`. */
export interface RotateInput {
  /** How long the replaced secret stays good. */
  readonly graceSeconds: number;
  /** True to leave the grace period out. */
  readonly isGraceSkipped: boolean;
  readonly poolName: string;
  readonly clientName: string;
  /** True to look only. */
  readonly isStatus: boolean;
  /** True to stay until the grace period is over. */
  readonly isWaiting: boolean;
  /** True to retire the old secret once every reader has fetched the new one. */
  readonly isForReaders: boolean;
  /** True to rotate without asking. */
  readonly isConfirmed: boolean;
  /** A younger secret is not rotated. */
  readonly minimumAgeSeconds: number;
}

/** `m2m rotate`: replaces a client's secret, one step after the other, from wherever it stands. */
export const rotate: Command<CommandContext, RotateInput> = async (context, input) => {
  const { found, ...rotation } = await openRotation(context, input);
  const readers = await openReaders(context, found, input);
  const run = await runRotation(
    {
      ...rotation,
      confirm: createConfirmation(context, found, input),
      onStep: (step) => context.output.note(`✓ ${describeStep(step)}`),
      hasEveryReader: readers.hasEvery,
      waitUntil: input.isWaiting ? (until) => readers.wait(context, until) : undefined,
    },
    input,
  );
  return describeRun(context, found, run, readers.seen());
};

function describeRun(
  { environment, target, clock, commandLine }: CommandContext,
  found: FoundClient,
  { ending, standing, steps }: RotationRun,
  readers: readonly ReaderState[] | undefined,
): CommandResult {
  const { phase, oldSecret, newSecret, graceEndsAt } = standing;
  const { deployed, clientName } = found;
  const isIdle = phase === 'idle';
  const json: RotateJson = {
    environment: environment.name,
    target: target.label,
    ...nameClient(found),
    phase,
    steps,
    oldSecret: oldSecret && toJson(oldSecret),
    newSecret: newSecret && toJson(newSecret),
    graceEndsAt: graceEndsAt === undefined ? undefined : toIsoTime(graceEndsAt),
    readers,
    next: isIdle ? undefined : commandLine(`rotate ${deployed.name} ${clientName}`),
  };
  return {
    json,
    text: (style) => renderRotation(json, ending, toEpochSeconds(clock()), style),
    exitCode: exitCodeOf(ending, isIdle),
  };
}

function exitCodeOf(ending: RotationRun['ending'], isIdle: boolean): ExitCode {
  if (ending === 'refused') return EXIT_CODES.fault;
  return isIdle ? EXIT_CODES.ok : EXIT_CODES.findings;
}

function toJson({ id, createdAtMs }: AppClientSecret) {
  return { id, createdAt: toIsoTimeOfMs(createdAtMs) };
}

/** What is asked about, once each in a run. */
type Subject = 'begin' | 'retire';

/** Steps that change what services use. The others only note something down. */
const SUBJECTS: { readonly [kind in StepKind]?: Subject } = {
  stage: 'begin',
  add: 'begin',
  promote: 'begin',
  retire: 'retire',
};

interface ConfirmationInput {
  readonly isConfirmed: boolean;
  readonly isGraceSkipped: boolean;
}

/** Creates what asks before the new secret goes in, and again before the old one goes. */
function createConfirmation(
  { prompt, environment, target }: CommandContext,
  found: FoundClient,
  { isConfirmed, isGraceSkipped }: ConfirmationInput,
): (step: RotationStep, standing: OpenStanding) => Promise<boolean> {
  const asked = new Set<Subject>();
  const place = `${placeText(nameClient(found))} of ${environment.name} on ${target.label}`;
  return async ({ kind }, standing) => {
    const subject = SUBJECTS[kind];
    if (isConfirmed || subject === undefined || asked.has(subject)) return true;
    asked.add(subject);
    if (subject === 'retire') {
      return prompt.confirm(retireText(standing), `Delete the old secret of ${place}?`);
    }
    const verb = standing.phase === 'idle' ? 'Rotate' : 'Resume rotating';
    return prompt.confirm(beginText(standing, isGraceSkipped), `${verb} the secret of ${place}?`);
  };
}

function beginText({ oldSecret }: OpenStanding, isGraceSkipped: boolean): string {
  const age =
    oldSecret && `The secret created ${toIsoTimeOfMs(oldSecret.createdAtMs)} will be replaced.`;
  const end = isGraceSkipped
    ? 'The old one is deleted immediately.'
    : 'The old one stays valid for the grace period.';
  return [
    ...(age ? [age] : []),
    'Services that read it from Secrets Manager get the new one as soon as a token has proved it.',
    end,
  ].join('\n');
}

function retireText({ oldSecret }: OpenStanding): string {
  const made = oldSecret ? ` of ${toIsoTimeOfMs(oldSecret.createdAtMs)}` : '';
  return `Services that still use the secret${made} will get no token, and the secret cannot be restored.`;
}

const STEP_TEXTS: { readonly [kind in StepKind]: string } = {
  stage: 'stored a new secret in Secrets Manager (AWSPENDING)',
  add: 'added it to Amazon Cognito, next to the old one',
  promote: 'got a token with it and made it the current one (AWSCURRENT)',
  'start-grace': 'noted when the grace period ends',
  retire: 'got a token with the current secret and deleted the old one',
  close: 'got a token once more; the rotation is finished',
};

/** What a step did, in a few words. */
function describeStep({ kind }: RotationStep): string {
  return STEP_TEXTS[kind];
}

/** The steps of a whole rotation, and in which phases each is done. */
const PROGRESS: readonly (readonly [text: string, doneFrom: RotationPhase])[] = [
  ['a new secret is stored in Secrets Manager', 'staged'],
  ['Amazon Cognito accepts it next to the old one', 'added'],
  ['a token has proved it, and services read it', 'current'],
  ['the grace period is noted', 'grace'],
  ['the old secret is deleted', 'retired'],
];
const PHASES: readonly RotationPhase[] = ['idle', 'staged', 'added', 'current', 'grace', 'retired'];

/** Where a rotation stands, and what comes next. */
function renderRotation(
  json: RotateJson,
  ending: RotationRun['ending'],
  now: number,
  { colours }: Style,
): string {
  const title = colours.bold(placeText(json));
  if (json.phase === 'idle') return `${title}: ${idleText(json, ending)}`;
  const reached = PHASES.indexOf(json.phase);
  const lines = PROGRESS.map(([text, from]) =>
    PHASES.indexOf(from) <= reached ? `  ${colours.green('✓')} ${text}` : `  · ${text}`,
  );
  return [
    `${title}: a rotation is under way.`,
    ...lines,
    ...secretLine('old', json.oldSecret),
    ...secretLine('new', json.newSecret),
    ...readerLines(json),
    ...(ending === 'refused' ? ['No further step was taken.'] : []),
    nextText(json, now),
  ].join('\n');
}

function idleText({ oldSecret }: RotateJson, ending: RotationRun['ending']): string {
  const made = oldSecret ? ` The secret was created ${oldSecret.createdAt}.` : '';
  if (ending === 'finished') return `rotated.${made}`;
  if (ending === 'refused') return `nothing changed.${made}`;
  if (ending === 'young') return `not old enough to rotate.${made}`;
  return `no rotation is under way.${made}`;
}

function secretLine(role: string, secret: SecretJson | undefined): string[] {
  return secret ? [`  ${role} secret ${plainText(secret.id)}, created ${secret.createdAt}`] : [];
}

function readerLines({ readers = [] }: RotateJson): string[] {
  return readers.map(({ reader, hasCurrent, lastReadAt = 'not within 7 days' }) => {
    const state = hasCurrent ? 'has fetched the new secret' : 'is behind';
    return `  ${plainText(reader)} ${state}; last read: ${lastReadAt}`;
  });
}

function nextText({ phase, graceEndsAt, next }: RotateJson, now: number): string {
  const isEarly = phase === 'grace' && graceEndsAt !== undefined && graceEndsAt > toIsoTime(now);
  return isEarly ? `Next, after ${graceEndsAt}: ${next}` : `Next: ${next}`;
}

/** One secret, as `m2m rotate --json` shows it: never its value. */
interface SecretJson {
  readonly id: string;
  readonly createdAt: string;
}

/** The answer of `m2m rotate --json`. */
export interface RotateJson extends NamedClient {
  readonly environment: string;
  readonly target: string;
  /** Where the rotation stands now; `idle` if none is under way, then the exit code is 0. */
  readonly phase: RotationPhase;
  /** The steps that this run took. */
  readonly steps: readonly StepKind[];
  /** The secret that is being replaced; the only one if none is. */
  readonly oldSecret?: SecretJson | undefined;
  readonly newSecret?: SecretJson | undefined;
  /** When the old secret may be deleted. */
  readonly graceEndsAt?: string | undefined;
  /** Who reads the secret; absent without `--wait-for-readers`, and before the new secret is current. */
  readonly readers?: readonly ReaderState[] | undefined;
  /** The command that goes on; absent if there is nothing to go on with. */
  readonly next?: string | undefined;
}
