import type { Checks, Problem } from '../deployment-view.ts';
import { triggersOf } from './subjects.ts';

/** What may be wrong with the claims table. */
export const TABLE_CHECKS = {
  /** The trigger's role may read the table. */
  'trigger-role': (view) =>
    view.tables.flatMap(({ tableName, access }): Problem[] => {
      if (access === undefined || access.found === 'allowed') return [];
      return triggersOf(view).map(({ roleArn }) => ({
        severity: 'error',
        subject: `table ${tableName}`,
        what:
          access.found === undefined
            ? `The role of the trigger does not exist: ${roleArn}.`
            : `The role of the trigger may not read the table: ${roleArn}.`,
        why: 'The trigger serves claims from memory for a while, and then refuses every token.',
        how: `${view.deployCommand} restores the role and its policy.`,
      }));
    }),

  /** The claims table is there. */
  'table-exists': ({ deployCommand, tables }) =>
    tables
      .filter(({ table }) => table !== undefined && table.found === undefined)
      .map(({ tableName }) => ({
        severity: 'error',
        subject: `table ${tableName}`,
        what: 'The claims table does not exist.',
        why: 'The trigger cannot read any claims and refuses every token.',
        how: `${deployCommand} recreates it with every baseline. Overrides can only be restored from a backup.`,
      })),

  /** The table can be read. */
  'table-status': ({ tables }) =>
    tables.flatMap(({ tableName, table }): Problem[] => {
      const { status = 'ACTIVE' } = table?.found ?? {};
      // An update leaves a table readable.
      if (status === 'ACTIVE' || status === 'UPDATING') return [];
      return [
        {
          severity: 'error',
          subject: `table ${tableName}`,
          what: `The claims table cannot be read: its status is ${status}.`,
          why: 'The trigger serves claims from memory for a while, and then refuses every token.',
          how: `aws dynamodb describe-table --table-name ${tableName} shows why. INACCESSIBLE_ENCRYPTION_CREDENTIALS means that the KMS key is disabled or may not be used.`,
        },
      ];
    }),

  /** A table that is not disposable can't be deleted by accident. */
  'table-protection': ({ environment, commandLine, tables }) =>
    tables
      .filter(
        ({ table }) => table?.found?.isDeletionProtected === false && !environment.isDisposable,
      )
      .map(({ tableName }) => ({
        severity: 'warning',
        subject: `table ${tableName}`,
        what: 'Deletion protection is off.',
        why: 'Without the table, no client of the environment gets a token.',
        how: `${commandLine('doctor --fix')} turns it on.`,
        repair: { kind: 'protect-table', tableName },
      })),

  /** The table can be restored to any second of the last 35 days. */
  'table-recovery': ({ commandLine, tables }) =>
    tables
      .filter(({ table }) => table?.found?.hasRecovery === false)
      .map(({ tableName }) => ({
        severity: 'warning',
        subject: `table ${tableName}`,
        what: 'Point-in-time recovery is off.',
        why: 'Overrides exist only in the table. Without recovery, a mistake loses them and their history.',
        how: `${commandLine('doctor --fix')} turns it on.`,
        repair: { kind: 'enable-recovery', tableName },
      })),
} satisfies Checks;
