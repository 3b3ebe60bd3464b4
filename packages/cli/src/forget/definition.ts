import { defineCommand } from '../frame/command.ts';

/** `m2m forget`. */
export const forgetDefinition = defineCommand({
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
  load: async () => (await import('./forget.ts')).forget,
});
