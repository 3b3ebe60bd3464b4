import { type CommandDefinition, defineCommand } from '../frame/command.ts';
import { invalidArgument } from '../frame/errors.ts';
import { REQUEST_OPTIONS } from '../frame/input.ts';

/**
 * Reads a number of days.
 *
 * @param option - Where it was given, for the error.
 * @throws {CliError} `ERR_ARGUMENT_INVALID`.
 */
function parseDays(text: string, option: string): number {
  if (/^\d{1,5}$/.test(text)) return Number(text);
  throw invalidArgument(option, text, 'a whole number of days');
}

/** The commands that compare what is declared, what is deployed and what clients get. */
export const PROVE_COMMANDS: readonly CommandDefinition[] = [
  defineCommand({
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
    load: async () => (await import('../plan/plan.ts')).plan,
  }),
  defineCommand({
    name: 'token',
    summary: 'Get a real token as a client, and compare it with explain',
    details:
      'Reads the secret, requests a token, verifies it as an API would, and compares every claim and scope with what explain shows. Exits with 2 if they differ. The token itself is never printed.',
    arguments: [
      { syntax: '[pool]', description: 'the pool', completes: 'pool' },
      { syntax: '[client]', description: 'the client', completes: 'client' },
    ],
    options: [
      { flags: '--all', description: 'every client of the environment, or of the pool' },
      ...REQUEST_OPTIONS,
    ],
    examples: [
      {
        command: 'm2m token payments billing-worker --env dev',
        does: 'one client, all its scopes',
      },
      { command: 'm2m token --all --env dev', does: 'the smoke test after a deploy' },
    ],
    input: (parsed) => ({
      poolName: parsed.optionalText(0),
      clientName: parsed.optionalText(1),
      isAll: parsed.flag('all'),
      scopes: parsed.options('scope'),
      metadata: parsed.options('metadata'),
    }),
    load: async () => (await import('../token/token.ts')).token,
  }),
  defineCommand({
    name: 'doctor',
    summary: 'Check a deployment, and repair what is safe to repair',
    details:
      'Checks the user pool, its trigger and its clients, the function and the claims table. Exits with 2 if anything is wrong, or if you are not allowed to read all of it. --fix shows what it will change and asks; every setting that it does not name stays as it is. On a local Cognito, only the records are checked.',
    arguments: [{ syntax: '[pool]', description: 'one pool (default: all)', completes: 'pool' }],
    options: [
      { flags: '--fix', description: 'repair what is safe to repair' },
      { flags: '-y, --yes', description: 'do not ask for confirmation' },
      { flags: '--all-clients', description: 'describe every client of a pool with more than 100' },
      {
        flags: '--secret-days <days>',
        description: 'oldest secret allowed, in days (default: 90)',
      },
      {
        flags: '--expiry-days <days>',
        description: 'show overrides that expire within these days (default: 7)',
      },
    ],
    examples: [
      { command: 'm2m doctor --env prod', does: 'all pools; exit code 2 with findings' },
      { command: 'm2m doctor payments --env dev --fix', does: 'attaches a lost trigger again' },
      { command: 'm2m doctor --env prod --json', does: 'for a nightly job' },
    ],
    afterInterruption: () => 'doctor',
    input: (parsed) => ({
      poolName: parsed.optionalText(0),
      isFix: parsed.flag('fix'),
      isConfirmed: parsed.flag('yes'),
      isAllClients: parsed.flag('allClients'),
      secretDays: parseDays(parsed.option('secretDays') ?? '90', '--secret-days'),
      expiryDays: parseDays(parsed.option('expiryDays') ?? '7', '--expiry-days'),
    }),
    load: async () => (await import('../doctor/doctor.ts')).doctor,
  }),
  defineCommand({
    name: 'watch',
    summary: 'Show what the watcher of an environment knows',
    details:
      'The last look, what differs from the declaration since when and by whom, and who changed what in the last days. Exits with 2 if something differs, or if the watcher has not looked.',
    arguments: [{ syntax: '[pool]', description: 'one pool (default: all)', completes: 'pool' }],
    options: [{ flags: '--follow', description: 'show news as they come, for up to 12 hours' }],
    examples: [
      { command: 'm2m watch --env prod', does: 'all pools; exit code 2 with open facts' },
      { command: 'm2m watch payments --env prod --follow', does: 'one pool, until Ctrl-C' },
    ],
    input: (parsed) => ({ poolName: parsed.optionalText(0), isFollowing: parsed.flag('follow') }),
    load: async () => (await import('../watch/watch.ts')).watch,
  }),
];
