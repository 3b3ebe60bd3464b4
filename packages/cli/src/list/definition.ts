import { defineCommand } from '../frame/command.ts';

/** `m2m list`. */
export const listDefinition = defineCommand({
  name: 'list',
  summary: 'List clients with their scopes, claims, bytes and overrides',
  arguments: [{ syntax: '[pool]', description: 'one pool (default: all)', completes: 'pool' }],
  options: [
    { flags: '--owner <name>', description: 'only clients of this owner' },
    { flags: '--overridden', description: 'only clients with an override in force' },
    { flags: '--denied', description: 'only clients that would get no token' },
  ],
  examples: [
    { command: 'm2m list --env dev', does: 'all clients of all pools' },
    { command: 'm2m list payments --env dev --json', does: 'one pool, for a script' },
    { command: 'm2m list --overridden --env prod', does: 'what operators changed' },
  ],
  input: (parsed) => ({
    poolName: parsed.optionalText(0),
    owner: parsed.option('owner'),
    isOverridden: parsed.flag('overridden'),
    isDenied: parsed.flag('denied'),
  }),
  load: async () => (await import('./list.ts')).list,
});
