import type { ChangeInput } from '../../changes/run-change.ts';
import { runChange } from '../../changes/run-change.ts';
import type { Command, CommandContext } from '../../command.ts';
import { readClaims } from '../../input/claim-input.ts';
import { parseDuration } from '../../input/duration.ts';
import { claimRulesOf } from '../../tokens/claim-rules.ts';
import { toEpochSeconds } from '../../tokens/time.ts';

/** Input of `m2m set`. */
export interface SetInput extends ChangeInput {
  /** As `name=value`. */
  readonly claims: readonly string[];
  /** A duration. @default never */
  readonly expiresIn: string | undefined;
}

/** `m2m set`: sets override claims of one client. */
export const set: Command<CommandContext, SetInput> = async (context, input) => {
  const { contract } = claimRulesOf(context.environment);
  const expiresAt =
    input.expiresIn === undefined
      ? undefined
      : toEpochSeconds(context.clock()) + parseDuration(input.expiresIn, '--expires-in');
  const { claims: values, faults } = readClaims(input.claims, contract);
  const claims = Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      { value, ...(expiresAt !== undefined && { expiresAt }) },
    ]),
  );
  return runChange(context, input, { type: 'set', claims, faults });
};
