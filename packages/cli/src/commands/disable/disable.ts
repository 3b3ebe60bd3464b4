import type { ChangeInput } from '../../changes/run-change.ts';
import { runChange } from '../../changes/run-change.ts';
import type { Command, CommandContext } from '../../command.ts';

/** `m2m disable`: the kill switch, no token for the client from the next read on. */
export const disable: Command<CommandContext, ChangeInput> = (context, input) =>
  runChange(context, input, { type: 'disable' });
