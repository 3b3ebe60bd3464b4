import { attachDefinition, detachDefinition } from './attach/definition.ts';
import { createCompletionDefinitions } from './completion/definitions.ts';
import { contractDefinition } from './contract/definition.ts';
import { doctorDefinition } from './doctor/definition.ts';
import { explainDefinition } from './explain/definition.ts';
import { forgetDefinition } from './forget/definition.ts';
import type { CommandDefinition } from './frame/command.ts';
import { handoverDefinition } from './handover/definition.ts';
import { historyDefinition } from './history/definition.ts';
import { importDefinition } from './import/definition.ts';
import { listDefinition } from './list/definition.ts';
import {
  disableDefinition,
  enableDefinition,
  rollbackDefinition,
  setDefinition,
  unsetDefinition,
} from './override/definitions.ts';
import { planDefinition } from './plan/definition.ts';
import { probeDefinition } from './probe/definition.ts';
import { rotateDefinition } from './rotation/definition.ts';
import { tokenDefinition } from './token/definition.ts';
import { watchDefinition } from './watch/definition.ts';
import { whoDefinition } from './who/definition.ts';

/** The commands by what people want to do, in the order of the help. */
const GROUPS: readonly (readonly [title: string, commands: readonly CommandDefinition[]])[] = [
  ['See', [listDefinition, explainDefinition, whoDefinition, historyDefinition]],
  [
    'Change',
    [setDefinition, unsetDefinition, rollbackDefinition, disableDefinition, enableDefinition],
  ],
  ['Prove', [planDefinition, tokenDefinition, doctorDefinition, watchDefinition]],
  ['Operate', [rotateDefinition, handoverDefinition, forgetDefinition]],
  ['Adopt', [importDefinition, attachDefinition, detachDefinition]],
  ['Other', [contractDefinition, probeDefinition]],
];

const commands = GROUPS.flatMap(([group, members]) =>
  members.map((definition): CommandDefinition => ({ ...definition, group })),
);

/** Every command, in the order of the help. */
export const definitions: readonly CommandDefinition[] = [
  ...commands,
  ...createCompletionDefinitions(commands).map((definition) => ({ ...definition, group: 'Other' })),
];
