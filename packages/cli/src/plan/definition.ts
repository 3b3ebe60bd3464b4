import { defineCommand } from '../frame/command.ts';

/** `m2m plan`. */
export const planDefinition = defineCommand({
  name: 'plan',
  summary: 'Show what a deploy would change, as tokens',
  details:
    'Compares the environment file with the claims table: claims, scopes and suppressed claims added, removed and changed for every client, under the overrides in force. Names pools that are deployed and no longer in the file. Exits with 0 if nothing differs, else with 2.',
  arguments: [{ syntax: '[pool]', description: 'one pool (default: all)', completes: 'pool' }],
  options: [],
  examples: [
    { command: 'm2m plan --env dev', does: 'every pool' },
    { command: 'm2m plan payments --env dev --json', does: 'one pool, for a pull request' },
  ],
  input: (parsed) => ({ poolName: parsed.optionalText(0) }),
  load: async () => (await import('./plan.ts')).plan,
});
