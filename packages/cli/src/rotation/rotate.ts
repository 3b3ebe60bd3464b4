import { CloudTrailClient } from '@aws-sdk/client-cloudtrail';
import { PATIENT } from '../deployment/aws-clients.ts';
import { clientText, type FoundClient, isTheirs, requireClient } from '../deployment/find-pools.ts';
import type { Command, CommandContext, CommandResult } from '../frame/command.ts';
import { CliError, EXIT_CODES, type ExitCode } from '../frame/errors.ts';
import { toEpochSeconds, toIsoTime, toIsoTimeOfMs } from '../frame/time.ts';
import { openRotation } from './open-rotation.ts';
import { createReaderWatch, type ReaderState } from './readers.ts';
import { describeStep, type RotateJson, renderRotation } from './render-rotation.ts';
import type { AppClientSecret, RotationStep, StepKind } from './rotation-view.ts';
import { type OpenStanding, type RotationRun, readStanding, runRotation } from './run-rotation.ts';

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
  const found = await requireClient(context, input.poolName, input.clientName);
  // Refuses credentials of another account.
  await context.target.readCaller();
  const rotation = await openRotation(context, found, input.graceSeconds);
  const readers = await openReaders(context, found, input);
  if (input.isStatus) {
    return describeRun(context, found, {
      ending: 'seen',
      standing: await readStanding(rotation),
      steps: [],
    });
  }
  const run = await runRotation(
    {
      ...rotation,
      confirm: createConfirmation(context, found, input),
      onStep: (step) => context.output.note(`✓ ${describeStep(step)}`),
      hasEveryReader: readers?.hasEvery,
      waitUntil: input.isWaiting
        ? (until) => (readers?.wait ?? waitForGrace)(context, until)
        : undefined,
    },
    input,
  );
  return describeRun(context, found, run, readers?.seen());
};

/** A run, or a mere look. */
type Seen = Omit<RotationRun, 'ending'> & { readonly ending: RotationRun['ending'] | 'seen' };

function describeRun(
  { environment, target, clock, commandLine }: CommandContext,
  found: FoundClient,
  { ending, standing, steps }: Seen,
  readers?: readonly ReaderState[],
): CommandResult {
  const { phase, oldSecret, newSecret, graceEndsAt } = standing;
  const { deployed, clientName, clientId } = found;
  const isIdle = phase === 'idle';
  const json: RotateJson = {
    environment: environment.name,
    target: target.label,
    pool: deployed.name,
    client: clientName,
    clientId,
    isExisting: isTheirs(found),
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

function exitCodeOf(ending: Seen['ending'], isIdle: boolean): ExitCode {
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
  const client = clientText({ client: found.clientName, isExisting: isTheirs(found) });
  const place = `${found.deployed.name} / ${client} of ${environment.name} on ${target.label}`;
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

/** Readers that a rotation waits for. */
interface WatchedReaders {
  readonly hasEvery: (versionId: string) => Promise<boolean>;
  readonly wait: typeof waitForReaders;
  /** What the last look found. */
  readonly seen: () => readonly ReaderState[] | undefined;
}

/**
 * Opens what `--wait-for-readers` needs.
 *
 * @throws {CliError} `ERR_ARGUMENT_INVALID` where there is nothing that records readers, or nothing to wait for.
 */
async function openReaders(
  context: CommandContext,
  { client, deployed, clientName }: FoundClient,
  input: { readonly isForReaders: boolean; readonly isGraceSkipped: boolean },
): Promise<WatchedReaders | undefined> {
  if (!input.isForReaders) return undefined;
  const { environment, target, output } = context;
  if (input.isGraceSkipped)
    throw invalid('--retire-now waits for nobody; got --wait-for-readers as well.');
  if (target.kind !== 'aws') {
    throw invalid('--wait-for-readers needs AWS CloudTrail; a local Cognito records no readers.');
  }
  const trail = new CloudTrailClient({ region: environment.region, ...PATIENT });
  const watch = createReaderWatch(context, trail, {
    secretName: target.secretEntryOf(deployed.name, clientName).secretId,
    declared: client?.readers ?? [],
    caller: await target.readCaller(),
  });
  let seen: readonly ReaderState[] | undefined;
  return {
    async hasEvery(versionId) {
      seen = await watch.look(versionId);
      const behind = seen.filter(({ hasCurrent }) => !hasCurrent);
      for (const { reader } of behind) output.note(`Waiting for ${reader}.`);
      // Nobody known is nobody to ask: the grace period decides.
      return seen.length > 0 && behind.length === 0;
    },
    wait: waitForReaders,
    seen: () => seen,
  };
}

function invalid(message: string): CliError {
  return new CliError('ERR_ARGUMENT_INVALID', message);
}

/** Looks again in a minute: readers come one after the other. */
async function waitForReaders({ clock, wait }: CommandContext, until: number): Promise<void> {
  await wait(Math.min(INTERVAL_MS, Math.max(0, until * 1000 - clock())));
}

/** A clock that jumps, or a machine that slept, is noticed within this. Milliseconds. */
const INTERVAL_MS = 60_000;

/** Waits until a moment, in epoch seconds, and shows how many minutes are left. */
async function waitForGrace({ clock, wait, output }: CommandContext, until: number): Promise<void> {
  output.note(`The old secret stays good until ${toIsoTime(until)}.`);
  const progress = output.startProgress('Minutes left of the grace period');
  for (let leftMs = until * 1000 - clock(); leftMs > 0; leftMs = until * 1000 - clock()) {
    progress.update(Math.ceil(leftMs / INTERVAL_MS));
    await wait(Math.min(leftMs, INTERVAL_MS));
  }
  progress.end();
}
