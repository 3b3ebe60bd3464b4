import type { CommandDefinition } from './command.ts';
import { createCompletionDefinitions } from './commands/completion/completion-definitions.ts';
import { disableDefinition } from './commands/disable/disable-definition.ts';
import { enableDefinition } from './commands/enable/enable-definition.ts';
import { explainDefinition } from './commands/explain/explain-definition.ts';
import { historyDefinition } from './commands/history/history-definition.ts';
import { importDefinition } from './commands/import/import-definition.ts';
import { listDefinition } from './commands/list/list-definition.ts';
import { planDefinition } from './commands/plan/plan-definition.ts';
import { rollbackDefinition } from './commands/rollback/rollback-definition.ts';
import { rotateDefinition } from './commands/rotate/rotate-definition.ts';
import { setDefinition } from './commands/set/set-definition.ts';
import { tokenDefinition } from './commands/token/token-definition.ts';
import { unsetDefinition } from './commands/unset/unset-definition.ts';
import { whoDefinition } from './commands/who/who-definition.ts';
import { doctorDefinition } from './doctor/definition.ts';

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
  tokenDefinition,
  rotateDefinition,
  importDefinition,
];

/** Every command, in the order of the help. */
export const definitions: readonly CommandDefinition[] = [
  ...commands,
  ...createCompletionDefinitions(commands),
];
