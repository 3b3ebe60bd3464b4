import { CHANGE_OPTIONS, readChangeInput } from '../../changes/change-options.ts';
import { defineCommand } from '../../command.ts';
import { CLIENT_ARGUMENTS } from '../client-arguments.ts';

/** `m2m disable`. */
export const disableDefinition = defineCommand({
  name: 'disable',
  summary: 'Stop a client: no more tokens',
  details:
    "Tokens that were issued already stay valid until they expire: Amazon Cognito can't revoke them. The claims of the override stay as they are.",
  arguments: CLIENT_ARGUMENTS,
  options: CHANGE_OPTIONS,
  examples: [
    {
      command: 'm2m disable payments billing-worker --reason "leaked secret" --env dev',
      does: 'the kill switch',
    },
  ],
  input: readChangeInput,
  load: async () => (await import('./disable.ts')).disable,
});
