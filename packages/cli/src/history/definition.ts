import { CLIENT_ARGUMENTS, defineCommand } from '../frame/command.ts';

/** `m2m history`. */
export const historyDefinition = defineCommand({
  name: 'history',
  summary: "Show every revision of a client's override",
  details: 'Who, when, why, and what changed against the revision before.',
  arguments: CLIENT_ARGUMENTS,
  options: [],
  examples: [
    { command: 'm2m history payments billing-worker --env dev', does: 'newest first' },
    { command: 'm2m history payments billing-worker --env dev --json', does: 'for a script' },
  ],
  input: (parsed) => ({ poolName: parsed.text(0), clientName: parsed.text(1) }),
  load: async () => (await import('./history.ts')).history,
});
