import { createCompletionDefinitions } from './completion/definitions.ts';
import { doctorDefinition } from './doctor/definition.ts';
import { explainDefinition } from './explain/definition.ts';
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

const commands: readonly CommandDefinition[] = [
  listDefinition,
  explainDefinition,
  whoDefinition,
  planDefinition,
  setDefinition,
  unsetDefinition,
  historyDefinition,
  rollbackDefinition,
  disableDefinition,
  enableDefinition,
  doctorDefinition,
  watchDefinition,
  tokenDefinition,
  rotateDefinition,
  handoverDefinition,
  importDefinition,
  probeDefinition,
];

/** Every command, in the order of the help. */
export const definitions: readonly CommandDefinition[] = [
  ...commands,
  ...createCompletionDefinitions(commands),
];
