import { defineCommand } from '../frame/command.ts';

/** `m2m probe`. */
export const probeDefinition = defineCommand({
  name: 'probe',
  summary: 'Measure what Amazon Cognito does and AWS does not document',
  details:
    'Works on a probe environment only (probe: true in its file). Shows what it will cost and asks, sends each request once at 5 per second or less, and writes one file: the value found for each behaviour, and every answer with ids and secrets replaced. It adds a secret and a permission to one client and removes both again.',
  arguments: [],
  options: [
    { flags: '--out <folder>', description: 'where the file goes (default: measured)' },
    { flags: '-y, --yes', description: 'do not ask before sending requests' },
  ],
  examples: [
    { command: 'm2m probe --env trial-probe', does: 'measure one Region' },
    { command: 'm2m probe --env trial-probe --yes --json', does: 'the same, for a script' },
  ],
  afterInterruption: () => 'doctor',
  input: (parsed) => ({
    folder: parsed.option('out') ?? 'measured',
    isConfirmed: parsed.flag('yes'),
  }),
  load: async () => (await import('./probe.ts')).probe,
});
