import type { Check } from '../deployment-view.ts';

/** The claims table is there. */
export const checkTableExists: Check = ({ deployCommand, missingTables }) =>
  missingTables.map((tableName) => ({
    check: 'table-exists',
    severity: 'error',
    subject: `table ${tableName}`,
    what: 'The claims table does not exist.',
    why: 'The trigger has nothing to decide on, and refuses every token.',
    how: `${deployCommand} makes it anew with every baseline; overrides come back from a backup alone.`,
  }));

/** A table that is not disposable can't be deleted by accident. */
export const checkTableProtection: Check = ({ environment, commandLine, tables }) =>
  tables
    .filter(({ isDeletionProtected }) => !isDeletionProtected && !environment.isDisposable)
    .map(({ tableName }) => ({
      check: 'table-protection',
      severity: 'warning',
      subject: `table ${tableName}`,
      what: 'Deletion protection is off.',
      why: 'Without the table, no client of the environment gets a token.',
      how: `${commandLine('doctor --fix')} turns it on.`,
      repair: { kind: 'protect-table', tableName },
    }));

/** The table can be put back to any second of the last 35 days. */
export const checkTableRecovery: Check = ({ commandLine, tables }) =>
  tables
    .filter(({ hasRecovery }) => !hasRecovery)
    .map(({ tableName }) => ({
      check: 'table-recovery',
      severity: 'warning',
      subject: `table ${tableName}`,
      what: 'Point-in-time recovery is off.',
      why: 'Overrides live in the table alone; without recovery a mistake loses them and their history.',
      how: `${commandLine('doctor --fix')} turns it on.`,
      repair: { kind: 'enable-recovery', tableName },
    }));
