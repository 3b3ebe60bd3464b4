import { defineCommand } from '../frame/command.ts';
import { parseDays } from '../frame/input/times.ts';

/** `m2m doctor`. */
export const doctorDefinition = defineCommand({
  name: 'doctor',
  summary: 'Check a deployment, and repair what is safe to repair',
  details:
    'Checks the user pool, its trigger and its clients, the function and the claims table. Exits with 2 if anything is wrong, or if you are not allowed to read all of it. --fix shows what it will change and asks; every setting that it does not name stays as it is. On a local Cognito, only the records are checked.',
  arguments: [{ syntax: '[pool]', description: 'one pool (default: all)', completes: 'pool' }],
  options: [
    { flags: '--fix', description: 'repair what is safe to repair' },
    { flags: '-y, --yes', description: 'do not ask for confirmation' },
    { flags: '--all-clients', description: 'describe every client of a pool with more than 100' },
    { flags: '--secret-days <days>', description: 'oldest secret allowed, in days (default: 90)' },
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
  load: async () => (await import('./doctor.ts')).doctor,
});
