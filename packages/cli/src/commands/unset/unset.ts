import type { ChangeInput } from '../../changes/run-change.ts';
import { runChange } from '../../changes/run-change.ts';
import type { Command, CommandContext } from '../../command.ts';

/** Input of `m2m unset`. */
export interface UnsetInput extends ChangeInput {
  readonly claimNames: readonly string[];
}

/** `m2m unset`: takes claims out of a client's override, so that the layer below shows again. */
export const unset: Command<CommandContext, UnsetInput> = (context, { claimNames, ...input }) =>
  runChange(context, input, { type: 'unset', claimNames });
