import type { OptionDefinition } from '../command.ts';
import type { ParsedArguments } from '../parsed-arguments.ts';
import type { ChangeInput } from './run-change.ts';

/** The options of every changing command. */
export const CHANGE_OPTIONS: readonly OptionDefinition[] = [
  { flags: '-r, --reason <text>', description: 'why, for the history', isRequired: true },
  { flags: '-y, --yes', description: 'write without asking, for scripts' },
];

/** Reads what every changing command is told. */
export function readChangeInput(parsed: ParsedArguments): ChangeInput {
  return {
    poolName: parsed.text(0),
    clientName: parsed.text(1),
    reason: parsed.option('reason') ?? '',
    isConfirmed: parsed.flag('yes'),
  };
}
