import { CHANGE_OPTIONS, readChangeInput } from '../../changes/change-options.ts';
import { defineCommand } from '../../command.ts';
import { CLIENT_ARGUMENTS } from '../client-arguments.ts';

/** `m2m enable`. */
export const enableDefinition = defineCommand({
  name: 'enable',
  summary: 'Let a disabled client have tokens again',
  details: 'The claims of the override are as they were.',
  arguments: CLIENT_ARGUMENTS,
  options: CHANGE_OPTIONS,
  examples: [
    {
      command: 'm2m enable payments billing-worker --reason "secret rotated" --env dev',
      does: 'the client works again',
    },
  ],
  input: readChangeInput,
  load: async () => (await import('./enable.ts')).enable,
});
