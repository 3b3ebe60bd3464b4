import type { ArgumentDefinition } from '../command.ts';

/** The arguments of commands on one client. */
export const CLIENT_ARGUMENTS: readonly ArgumentDefinition[] = [
  {
    syntax: '<pool>',
    description: 'the pool, by its name in the environment file',
    completes: 'pool',
  },
  { syntax: '<client>', description: 'the client, by its name', completes: 'client' },
];
