import type { ChangeInput } from '../../changes/run-change.ts';
import { runChange } from '../../changes/run-change.ts';
import type { Command, CommandContext } from '../../command.ts';
import { CliError } from '../../errors.ts';

/** Input of `m2m rollback`. */
export interface RollbackInput extends ChangeInput {
  /** A revision's number; 0 is the state before the first. */
  readonly to: string;
}

/** `m2m rollback`: writes the claims of an older revision as the next one. */
export const rollback: Command<CommandContext, RollbackInput> = (context, { to, ...input }) => {
  if (!/^\d{1,10}$/.test(to)) {
    const message = `--to: got "${to}", expected the number of a revision.`;
    const next = { m2m: `history ${input.poolName} ${input.clientName}` };
    throw new CliError('ERR_ARGUMENT_INVALID', message, { next });
  }
  return runChange(context, input, { type: 'rollback', toRevision: Number(to) });
};
