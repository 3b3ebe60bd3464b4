import { CLIENT_ARGUMENTS, defineCommand } from '../frame/command.ts';
import { REQUEST_OPTIONS } from '../frame/input/token-request.ts';

/** `m2m explain`. */
export const explainDefinition = defineCommand({
  name: 'explain',
  summary: 'Show the token a client would get, and why',
  details:
    'Runs the same resolver as the trigger on what the table holds now. Exits with 2 if the client would get no token. With --at in the past it leaves out overrides that were written later; baselines keep no history.',
  arguments: CLIENT_ARGUMENTS,
  options: [
    ...REQUEST_OPTIONS,
    {
      flags: '--at <time>',
      description: 'another moment: 2026-06-01T12:00Z, or +2h (default: now)',
    },
  ],
  examples: [
    { command: 'm2m explain payments billing-worker --env dev', does: 'the token with all scopes' },
    {
      command: 'm2m explain payments report-viewer --metadata tenant=t-1 --at +2h --env dev',
      does: 'for one tenant, as it will be in two hours',
    },
  ],
  input: (parsed) => ({
    poolName: parsed.text(0),
    clientName: parsed.text(1),
    scopes: parsed.options('scope'),
    metadata: parsed.options('metadata'),
    at: parsed.option('at'),
  }),
  load: async () => (await import('./explain.ts')).explain,
});
