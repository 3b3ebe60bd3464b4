import { CLIENT_ARGUMENTS, type CommandDefinition, defineCommand } from '../frame/command.ts';
import { CliError } from '../frame/errors.ts';
import { parseDuration } from '../frame/time.ts';

/** A day: services that read their secret at the start of a nightly run have had one by then. */
const DEFAULT_GRACE = '24h';

/** Reads `--grace-period` and `--retire-now`. @throws {CliError} `ERR_ARGUMENT_INVALID`, for both at once too. */
function readGrace(period: string | undefined, isGraceSkipped: boolean) {
  if (period !== undefined && isGraceSkipped) {
    const message = '--retire-now leaves the grace period out; got --grace-period as well.';
    throw new CliError('ERR_ARGUMENT_INVALID', message);
  }
  return { graceSeconds: parseDuration(period ?? DEFAULT_GRACE, '--grace-period'), isGraceSkipped };
}

/** The commands for the life of a client. */
export const OPERATE_COMMANDS: readonly CommandDefinition[] = [
  defineCommand({
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
    load: async () => (await import('../rotation/rotate.ts')).rotate,
  }),
  defineCommand({
    name: 'handover',
    summary: "Print what a client's owner needs to use it",
    details:
      'Addresses, the ARN of the secret and who may read it, scopes, claims, lifetime and metadata, with snippets for the token client, AWS Lambda, Amazon ECS and Amazon EKS. Markdown, to be sent as it is: it holds no secret.',
    arguments: CLIENT_ARGUMENTS,
    options: [],
    examples: [
      { command: 'm2m handover payments billing-worker --env prod', does: "the owner's page" },
      {
        command: 'm2m handover payments billing-worker --env prod --json',
        does: 'the same for a script',
      },
    ],
    input: (parsed) => ({ poolName: parsed.text(0), clientName: parsed.text(1) }),
    load: async () => (await import('../handover/handover.ts')).handover,
  }),
  defineCommand({
    name: 'forget',
    summary: 'Delete the override history of an app client that no longer exists',
    details:
      'An override outlives the client that it was for: a deploy never deletes one. plan and doctor list such histories with the ID of the app client. Refused while the app client exists or is declared. This cannot be undone.',
    arguments: [
      {
        syntax: '<pool>',
        description: 'the pool, by its name in the environment file',
        completes: 'pool',
      },
      { syntax: '<client-id>', description: 'the ID of the app client, as plan shows it' },
    ],
    options: [{ flags: '-y, --yes', description: 'do not ask for confirmation' }],
    examples: [
      {
        command: 'm2m forget payments 3n4b5urk1ft4fl3mg5e62d9ado --env dev',
        does: 'after the client was removed',
      },
    ],
    afterInterruption: (parsed) => `plan ${parsed.text(0)}`,
    input: (parsed) => ({
      poolName: parsed.text(0),
      clientId: parsed.text(1),
      isConfirmed: parsed.flag('yes'),
    }),
    load: async () => (await import('../forget/forget.ts')).forget,
  }),
];
