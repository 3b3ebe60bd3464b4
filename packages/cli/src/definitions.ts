import type { CommandDefinition } from './command.ts';
import { listDefinition } from './commands/list/list-definition.ts';

/** Every command, in the order of the help. */
export const definitions: readonly CommandDefinition[] = [listDefinition];
