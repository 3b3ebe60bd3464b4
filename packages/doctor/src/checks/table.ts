import type { Check } from '../deployment-view.ts';

/** The claims table is there. */
export const checkTableExists: Check = ({ deployCommand, tables }) =>
  tables
    .filter(({ table }) => table !== undefined && table.found === undefined)
    .map(({ tableName }) => ({
      severity: 'error',
      subject: `table ${tableName}`,
      what: 'The claims table does not exist.',
      why: 'The trigger cannot read any claims and refuses every token.',
      how: `${deployCommand} recreates it with every baseline. Overrides can only be restored from a backup.`,
    }));

/** A table that is not disposable can't be deleted by accident. */
export const checkTableProtection: Check = ({ environment, commandLine, tables }) =>
  tables
    .filter(({ table }) => table?.found?.isDeletionProtected === false && !environment.isDisposable)
    .map(({ tableName }) => ({
      severity: 'warning',
      subject: `table ${tableName}`,
      what: 'Deletion protection is off.',
      why: 'Without the table, no client of the environment gets a token.',
      how: `${commandLine('doctor --fix')} turns it on.`,
      repair: { kind: 'protect-table', tableName },
    }));

/** The table can be restored to any second of the last 35 days. */
export const checkTableRecovery: Check = ({ commandLine, tables }) =>
  tables
    .filter(({ table }) => table?.found?.hasRecovery === false)
    .map(({ tableName }) => ({
      severity: 'warning',
      subject: `table ${tableName}`,
      what: 'Point-in-time recovery is off.',
      why: 'Overrides exist only in the table. Without recovery, a mistake loses them and their history.',
      how: `${commandLine('doctor --fix')} turns it on.`,
      repair: { kind: 'enable-recovery', tableName },
    }));
