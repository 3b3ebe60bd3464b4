import { isPrintFormat, PRINT_FORMATS } from '../attach/owner-code.ts';
import { type CommandDefinition, defineBareCommand, defineCommand } from '../frame/command.ts';
import { invalidArgument } from '../frame/errors.ts';

const EXISTING_POOL = [
  {
    syntax: '<pool>',
    description: 'an existing pool, by its name in the environment file',
    completes: 'pool' as const,
  },
];

function readFormat(text: string | undefined) {
  if (text === undefined || isPrintFormat(text)) return text;
  throw invalidArgument('--print', text, `one of: ${PRINT_FORMATS.join(', ')}`);
}

/** The commands that take in a user pool that is already there. */
export const ADOPT_COMMANDS: readonly CommandDefinition[] = [
  defineBareCommand({
    name: 'import',
    summary: 'Write the environment file of a running user pool',
    details:
      'Reads a user pool with its clients, resource servers and claims, and writes the matching environment file. What a file cannot express is listed: what, where, why, and what happens to it. Exits with 2 if there is anything to list. A local Cognito is refused: its pools come from a file. With --claims-only, another stack keeps the pool: the file holds the IDs of its machine clients and the function that it calls for users, and everything else is listed as staying with its owner. Nothing in AWS is changed, and secrets are only checked for existence.',
    arguments: [
      {
        syntax: '<pool...>',
        description: 'user pool id, or <name>=<id> to name it; several make one environment',
      },
    ],
    options: [
      {
        flags: '-e, --env <name>',
        description: 'name of the environment (default: what the deploy tagged the pool with)',
      },
      {
        flags: '--out <file>',
        description: 'file to write, - for stdout (default: <name>.ts among the environment files)',
      },
      {
        flags: '--claims-only',
        description:
          'declare claims and client IDs only: pools, clients and triggers keep their owner',
      },
      { flags: '--force', description: 'overwrite the file' },
      { flags: '--table <name>', description: 'the claims table (default: that of the deploy)' },
      {
        flags: '--owner <name>',
        description: 'who answers for the environment (default: its tags)',
      },
      {
        flags: '--default <claim=value>',
        description: 'claim of every client, where no record says otherwise',
        isRepeatable: true,
      },
    ],
    examples: [
      {
        command:
          'm2m import storefront=eu-central-1_AbC123 --claims-only --env prod --default environment=prod',
        does: 'claims for a pool of another stack, which stays as it is: writes prod.ts',
      },
      {
        command: 'm2m import eu-central-1_AbC123 --out -',
        does: 'prints the file of a pool that was deployed from one',
      },
      {
        command:
          'm2m import payments=eu-central-1_AbC123 --env legacy --owner payments --default environment=legacy',
        does: 'a pool made by hand: writes legacy.ts, and says how Terraform takes the pool over',
      },
      {
        command: 'm2m import eu-central-1_AbC123 eu-central-1_DeF456 --json',
        does: 'two pools, for a script',
      },
    ],
    input: (parsed) => ({
      pools: parsed.list(0),
      environmentName: parsed.option('env'),
      file: parsed.option('out'),
      isForced: parsed.flag('force'),
      isClaimsOnly: parsed.flag('claimsOnly'),
      tableName: parsed.option('table'),
      owner: parsed.option('owner'),
      defaults: parsed.options('default'),
    }),
    load: async () => (await import('../import/import-pools.ts')).importPools,
  }),
  defineCommand({
    name: 'attach',
    summary: 'Connect the trigger to a user pool that another stack owns',
    details:
      "Checks everything that tokens will depend on, calls the trigger once with a made-up user and once with a made-up client, and shows which trigger is attached now. Then it changes that one setting of the pool, keeps every other one, reads the pool back and proves a token if a client's secret is known. What was attached before is remembered for m2m detach. A function that the environment file does not name as userTrigger is not switched off, unless --replace says so.",
    arguments: EXISTING_POOL,
    options: [
      {
        flags: '--print <format>',
        description: `print the lines for the code of the pool's owner, and change nothing: ${PRINT_FORMATS.join(', ')}`,
      },
      {
        flags: '--replace',
        description: 'switch off an attached function that is not userTrigger',
      },
      { flags: '-y, --yes', description: 'do not ask for confirmation' },
    ],
    examples: [
      {
        command: 'm2m attach storefront --env prod',
        does: 'checks, shows, asks, attaches, proves',
      },
      {
        command: 'm2m attach storefront --env prod --print terraform',
        does: 'the lines for a Terraform configuration that manages lambda_config',
      },
    ],
    afterInterruption: (parsed) => `doctor ${parsed.text(0)}`,
    input: (parsed) => ({
      poolName: parsed.text(0),
      format: readFormat(parsed.option('print')),
      isReplacing: parsed.flag('replace'),
      isConfirmed: parsed.flag('yes'),
    }),
    load: async () => (await import('../attach/attach.ts')).attach,
  }),
  defineCommand({
    name: 'detach',
    summary: 'Put back what an existing user pool called before m2m attach',
    details:
      "Changes that one setting of the pool and keeps every other one, then reads the pool back. Tokens for machines carry no claims afterwards. Run it before you destroy the pool's stack: a pool whose trigger may not be called refuses every token.",
    arguments: EXISTING_POOL,
    options: [{ flags: '-y, --yes', description: 'do not ask for confirmation' }],
    examples: [{ command: 'm2m detach storefront --env prod', does: 'shows, asks, puts back' }],
    afterInterruption: (parsed) => `doctor ${parsed.text(0)}`,
    input: (parsed) => ({ poolName: parsed.text(0), isConfirmed: parsed.flag('yes') }),
    load: async () => (await import('../attach/detach.ts')).detach,
  }),
];
