import { defineBareCommand } from '../frame/command.ts';

/** `m2m contract`. */
export const contractDefinition = defineBareCommand({
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
  load: async () => (await import('./print-contract.ts')).printContract,
});
