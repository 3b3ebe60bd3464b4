import { ADOPT_COMMANDS } from './definitions/adopt.ts';
import { CHANGE_COMMANDS } from './definitions/change.ts';
import { createCompletionDefinitions } from './definitions/completion.ts';
import { OPERATE_COMMANDS } from './definitions/operate.ts';
import { OTHER_COMMANDS } from './definitions/other.ts';
import { PROVE_COMMANDS } from './definitions/prove.ts';
import { SEE_COMMANDS } from './definitions/see.ts';
import type { CommandDefinition } from './frame/command.ts';

/** The commands by what people want to do, in the order of the help. */
const GROUPS: readonly (readonly [title: string, commands: readonly CommandDefinition[]])[] = [
  ['See', SEE_COMMANDS],
  ['Change', CHANGE_COMMANDS],
  ['Prove', PROVE_COMMANDS],
  ['Operate', OPERATE_COMMANDS],
  ['Adopt', ADOPT_COMMANDS],
  ['Other', OTHER_COMMANDS],
];

const commands = GROUPS.flatMap(([group, members]) =>
  members.map((definition): CommandDefinition => ({ ...definition, group })),
);

/** Every command, in the order of the help. */
export const definitions: readonly CommandDefinition[] = [
  ...commands,
  ...createCompletionDefinitions(commands).map((definition) => ({ ...definition, group: 'Other' })),
];
