import { CLIENT_ARGUMENTS, type CommandDefinition, defineCommand } from '../frame/command.ts';
import { REQUEST_OPTIONS } from '../frame/input.ts';

/** The commands that show claims. */
export const SEE_COMMANDS: readonly CommandDefinition[] = [
  defineCommand({
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
    load: async () => (await import('../list/list.ts')).list,
  }),
  defineCommand({
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
      {
        command: 'm2m explain payments billing-worker --env dev',
        does: 'the token with all scopes',
      },
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
    load: async () => (await import('../explain/explain.ts')).explain,
  }),
  defineCommand({
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
    options: [
      { flags: '--pool <pool>', description: 'one pool (default: all)', completes: 'pool' },
    ],
    examples: [
      { command: 'm2m who custom:role=admin --env dev', does: 'every client that is an admin' },
      {
        command: 'm2m who limits.perMinute=30 --env dev',
        does: 'by one member of an object claim',
      },
      {
        command: 'm2m who tenant_id --pool payments --env dev',
        does: 'every client with a tenant',
      },
    ],
    input: (parsed) => ({ claim: parsed.text(0), poolName: parsed.option('pool') }),
    load: async () => (await import('../who/who.ts')).who,
  }),
  defineCommand({
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
    load: async () => (await import('../history/history.ts')).history,
  }),
];
