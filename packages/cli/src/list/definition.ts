import { defineCommand } from '../frame/command.ts';

/** `m2m list`. */
export const listDefinition = defineCommand({
  name: 'list',
  summary: 'List clients with their scopes, claims, bytes and overrides',
  arguments: [{ syntax: '[pool]', description: 'one pool (default: all)', completes: 'pool' }],
  options: [],
  examples: [
    { command: 'm2m list --env dev', does: 'all clients of all pools' },
    { command: 'm2m list payments --env dev --json', does: 'one pool, for a script' },
  ],
  input: (parsed) => ({ poolName: parsed.optionalText(0) }),
  load: async () => (await import('./list.ts')).list,
});
