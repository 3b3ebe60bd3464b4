import { defineBareCommand } from '../frame/command.ts';

/** `m2m import`. */
export const importDefinition = defineBareCommand({
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
    { flags: '--owner <name>', description: 'who answers for the environment (default: its tags)' },
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
  load: async () => (await import('./import-pools.ts')).importPools,
});
