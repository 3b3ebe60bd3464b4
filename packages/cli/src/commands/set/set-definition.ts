import { CHANGE_OPTIONS, readChangeInput } from '../../changes/change-options.ts';
import { defineCommand } from '../../command.ts';
import { CLIENT_ARGUMENTS } from '../client-arguments.ts';

/** `m2m set`. */
export const setDefinition = defineCommand({
  name: 'set',
  summary: 'Set override claims of a client',
  details:
    'Shows the token before and after, and asks. Values are read by their type in the claim contract: texts as they are, lists as a,b or JSON, objects as JSON. Reserved names, values off the contract, secrets and claims over the size budget are refused.',
  arguments: [
    ...CLIENT_ARGUMENTS,
    { syntax: '<claim...>', description: 'claims as name=value', completes: 'claim' },
  ],
  options: [
    { flags: '--expires-in <duration>', description: 'drop these claims after 30m, 2h, 7d …' },
    ...CHANGE_OPTIONS,
  ],
  examples: [
    {
      command: 'm2m set payments billing-worker tier=free --reason "unpaid invoice" --env dev',
      does: 'until someone changes it again',
    },
    {
      command:
        'm2m set payments billing-worker custom:role=admin approval_limit=100 --expires-in 2h --reason "incident" --yes --env dev',
      does: 'two claims for two hours, from a script',
    },
  ],
  input: (parsed) => ({
    ...readChangeInput(parsed),
    claims: parsed.list(2),
    expiresIn: parsed.option('expiresIn'),
  }),
  load: async () => (await import('./set.ts')).set,
});
