import { CHANGE_OPTIONS, readChangeInput } from '../../changes/change-options.ts';
import { defineCommand } from '../../command.ts';
import { CLIENT_ARGUMENTS } from '../client-arguments.ts';

/** `m2m rollback`. */
export const rollbackDefinition = defineCommand({
  name: 'rollback',
  summary: "Bring back an older revision of a client's override",
  details:
    'Writes one more revision; the history stays. Claims that have expired stay away, and a disabled client stays disabled.',
  arguments: CLIENT_ARGUMENTS,
  options: [
    {
      flags: '--to <revision>',
      description: 'the revision to bring back; 0 is before the first',
      isRequired: true,
    },
    ...CHANGE_OPTIONS,
  ],
  examples: [
    {
      command: 'm2m rollback payments billing-worker --to 3 --reason "r4 was wrong" --env dev',
      does: 'the claims of revision 3, as the next revision',
    },
  ],
  input: (parsed) => ({ ...readChangeInput(parsed), to: parsed.option('to') ?? '' }),
  load: async () => (await import('./rollback.ts')).rollback,
});
