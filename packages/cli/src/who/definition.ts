import { defineCommand } from '../frame/command.ts';

/** `m2m who`. */
export const whoDefinition = defineCommand({
  name: 'who',
  summary: 'List the clients whose tokens have a claim',
  details:
    'Asks the resolver for every kind of request: all scopes, none, each scope by itself, each metadata value that is allowed.',
  arguments: [
    {
      syntax: '<claim>',
      description: 'a claim or a member of one, or claim=value',
      completes: 'claim',
    },
  ],
  options: [{ flags: '--pool <pool>', description: 'one pool (default: all)', completes: 'pool' }],
  examples: [
    { command: 'm2m who custom:role=admin --env dev', does: 'every client that is an admin' },
    {
      command: 'm2m who limits.perMinute=30 --env dev',
      does: 'by one member of an object claim',
    },
    { command: 'm2m who tenant_id --pool payments --env dev', does: 'every client with a tenant' },
  ],
  input: (parsed) => ({ claim: parsed.text(0), poolName: parsed.option('pool') }),
  load: async () => (await import('./who.ts')).who,
});
