import { type CommandDefinition, defineBareCommand, defineCommand } from '../frame/command.ts';

/** Everything else. */
export const OTHER_COMMANDS: readonly CommandDefinition[] = [
  defineBareCommand({
    name: 'contract',
    summary: 'Print the claim contract for other tools and repositories',
    details:
      'json-schema: the claims of one access token, for validators and other languages. typescript: a module that exports the contract, its types and createVerifier, for an API in another repository.',
    arguments: [{ syntax: '<format>', description: 'json-schema or typescript' }],
    options: [
      {
        flags: '--pool <pool>',
        description: 'json-schema: require what this pool requires (default: what every pool does)',
      },
    ],
    examples: [
      { command: 'm2m contract json-schema --pool payments', does: 'for another language' },
      {
        command: 'm2m contract typescript > src/claim-contract.ts',
        does: 'for an API in another repository',
      },
    ],
    input: (parsed) => ({ format: parsed.text(0), poolName: parsed.option('pool') }),
    load: async () => (await import('../contract/print-contract.ts')).printContract,
  }),
  defineCommand({
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
    load: async () => (await import('../probe/probe.ts')).probe,
  }),
];
