import { CLIENT_ARGUMENTS, defineCommand } from '../frame/command.ts';
import { parseDuration } from '../frame/input/times.ts';
import { readGrace } from './grace.ts';

/** `m2m rotate`. */
export const rotateDefinition = defineCommand({
  name: 'rotate',
  summary: "Replace a client's secret without downtime",
  details:
    'Stores a new secret, adds it to the app client next to the old one, proves it with a real token, makes it the current one, and deletes the old one after the grace period. It keeps nothing on this machine: after any interruption, the same command resumes where it stopped. Exits with 2 while the rotation is under way, with 0 once it is finished. No secret is ever printed.',
  arguments: CLIENT_ARGUMENTS,
  options: [
    { flags: '--status', description: 'only show where the rotation stands' },
    {
      flags: '--grace-period <duration>',
      description:
        'how long the old secret stays good once the new one is current: 12h, 7d … (default: 24h)',
    },
    { flags: '--wait', description: 'stay until the grace period is over' },
    {
      flags: '--wait-for-readers',
      description:
        'delete the old secret as soon as every reader has fetched the new one; the grace period is the upper bound',
    },
    {
      flags: '--retire-now',
      description: 'delete the old secret without a grace period, for a leak',
    },
    {
      flags: '--older-than <duration>',
      description: 'begin only if the secret is older than 30d, 90d …',
    },
    { flags: '-y, --yes', description: 'do not ask for confirmation' },
  ],
  examples: [
    { command: 'm2m rotate payments billing-worker --env prod', does: 'begins, or goes on' },
    {
      command: 'm2m rotate payments billing-worker --status --env prod',
      does: 'where it stands, and when to come back',
    },
    {
      command: 'm2m rotate payments billing-worker --older-than 90d --yes --env prod',
      does: 'every night, from a scheduler: begins, goes on and ends by itself',
    },
    {
      command: 'm2m rotate payments billing-worker --retire-now --env prod',
      does: 'leaked secret: revokes the old one immediately',
    },
  ],
  afterInterruption: (parsed) => `rotate ${parsed.text(0)} ${parsed.text(1)} --status`,
  input: (parsed) => {
    const age = parsed.option('olderThan');
    return {
      poolName: parsed.text(0),
      clientName: parsed.text(1),
      isStatus: parsed.flag('status'),
      isWaiting: parsed.flag('wait'),
      isForReaders: parsed.flag('waitForReaders'),
      isConfirmed: parsed.flag('yes'),
      ...readGrace(parsed.option('gracePeriod'), parsed.flag('retireNow')),
      minimumAgeSeconds: age === undefined ? 0 : parseDuration(age, '--older-than'),
    };
  },
  load: async () => (await import('./rotate.ts')).rotate,
});
