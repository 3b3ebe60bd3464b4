import { CHANGE_OPTIONS, readChangeInput } from '../../changes/change-options.ts';
import { defineCommand } from '../../command.ts';
import { CLIENT_ARGUMENTS } from '../client-arguments.ts';

/** `m2m unset`. */
export const unsetDefinition = defineCommand({
  name: 'unset',
  summary: "Take claims out of a client's override",
  details: 'What the environment file says shows again.',
  arguments: [
    ...CLIENT_ARGUMENTS,
    { syntax: '<claim...>', description: 'names of claims', completes: 'claim' },
  ],
  options: CHANGE_OPTIONS,
  examples: [
    {
      command: 'm2m unset payments billing-worker tier --reason "invoice paid" --env dev',
      does: 'back to the tier of the environment file',
    },
  ],
  input: (parsed) => ({ ...readChangeInput(parsed), claimNames: parsed.list(2) }),
  load: async () => (await import('./unset.ts')).unset,
});
