import { type FoundClient, requireClient } from '../deployment/find-pools.ts';
import type { Command, CommandContext, CommandResult } from '../frame/command.ts';
import { EXIT_CODES, type ExitCode } from '../frame/errors.ts';
import { toEpochSeconds, toIsoTime, toIsoTimeOfMs } from '../frame/time.ts';
import { createConfirmation } from './confirm-step.ts';
import { type Grace, waitForGrace } from './grace.ts';
import { openReaders } from './open-readers.ts';
import { openRotation } from './open-rotation.ts';
import type { ReaderState } from './readers.ts';
import { describeStep, type RotateJson, renderRotation } from './render-rotation.ts';
import type { AppClientSecret } from './rotation-view.ts';
import { type RotationRun, readStanding, runRotation } from './run-rotation.ts';

/** Input of `m2m rotate`. */
export interface RotateInput extends Grace {
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
      confirm: createConfirmation(context, input),
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
  { deployed, clientName, clientId }: FoundClient,
  { ending, standing, steps }: Seen,
  readers?: readonly ReaderState[],
): CommandResult {
  const { phase, oldSecret, newSecret, graceEndsAt } = standing;
  const isIdle = phase === 'idle';
  const json: RotateJson = {
    environment: environment.name,
    target: target.label,
    pool: deployed.name,
    client: clientName,
    clientId,
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
