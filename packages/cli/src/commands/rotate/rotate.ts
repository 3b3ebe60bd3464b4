import type { Command, CommandContext, CommandResult } from '../../command.ts';
import { EXIT_CODES, type ExitCode } from '../../exit-codes.ts';
import { type FoundClient, requireClient } from '../../find-pools.ts';
import { openRotation } from '../../rotation/open-rotation.ts';
import type { AppClientSecret } from '../../rotation/rotation-view.ts';
import { type RotationRun, readStanding, runRotation } from '../../rotation/run-rotation.ts';
import { toEpochSeconds, toIsoTime } from '../../tokens/time.ts';
import { createConfirmation } from './confirm-step.ts';
import type { Grace } from './read-grace.ts';
import { describeStep, renderRotation } from './render-rotation.ts';
import type { RotateJson } from './rotate-json.ts';
import { waitForGrace } from './wait-for-grace.ts';

/** Input of `m2m rotate`. */
export interface RotateInput extends Grace {
  readonly poolName: string;
  readonly clientName: string;
  /** True to look only. */
  readonly isStatus: boolean;
  /** True to stay until the grace period is over. */
  readonly isWaiting: boolean;
  /** True to rotate without asking. */
  readonly isConfirmed: boolean;
  /** A younger secret is left alone. */
  readonly minimumAgeSeconds: number;
}

/** `m2m rotate`: replaces a client's secret, one step after the other, from wherever it stands. */
export const rotate: Command<CommandContext, RotateInput> = async (context, input) => {
  const found = await requireClient(context, input.poolName, input.clientName);
  // Refuses credentials of another account.
  await context.target.readCaller();
  const rotation = await openRotation(context, found, input.graceSeconds);
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
      waitUntil: input.isWaiting ? (until) => waitForGrace(context, until) : undefined,
    },
    input,
  );
  return describeRun(context, found, run);
};

/** A run, or a mere look. */
type Seen = Omit<RotationRun, 'ending'> & { readonly ending: RotationRun['ending'] | 'seen' };

function describeRun(
  { environment, target, clock, commandLine }: CommandContext,
  { deployed, clientName, clientId }: FoundClient,
  { ending, standing, steps }: Seen,
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
    ...(oldSecret && { oldSecret: toJson(oldSecret) }),
    ...(newSecret && { newSecret: toJson(newSecret) }),
    ...(graceEndsAt !== undefined && { graceEndsAt: toIsoTime(graceEndsAt) }),
    ...(!isIdle && { next: commandLine(`rotate ${deployed.name} ${clientName}`) }),
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
  return { id, createdAt: toIsoTime(toEpochSeconds(createdAtMs)) };
}
