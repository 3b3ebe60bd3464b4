import type { ChangeInput } from '../../changes/run-change.ts';
import { runChange } from '../../changes/run-change.ts';
import type { Command, CommandContext } from '../../command.ts';

/** `m2m enable`: tokens for a disabled client again. */
export const enable: Command<CommandContext, ChangeInput> = (context, input) =>
  runChange(context, input, { type: 'enable' });
