import { ADOPT_COMMANDS } from './definitions/adopt.ts';
import { CHANGE_COMMANDS } from './definitions/change.ts';
import { OPERATE_COMMANDS } from './definitions/operate.ts';
import { PROVE_COMMANDS } from './definitions/prove.ts';
import { SEE_COMMANDS } from './definitions/see.ts';
import { type CommandDefinition, defineBareCommand, defineCommand } from './frame/command.ts';
import { CliError, unknownName } from './frame/errors.ts';

/** Everything else. */
const OTHER_COMMANDS: readonly CommandDefinition[] = [
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
    load: async () => (await import('./contract/print-contract.ts')).printContract,
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
    load: async () => (await import('./probe/probe.ts')).probe,
  }),
];

/** The commands by what people want to do, in the order of the help. */
const GROUPS: readonly (readonly [title: string, commands: readonly CommandDefinition[]])[] = [
  ['See', SEE_COMMANDS],
  ['Change', CHANGE_COMMANDS],
  ['Prove', PROVE_COMMANDS],
  ['Operate', OPERATE_COMMANDS],
  ['Adopt', ADOPT_COMMANDS],
  ['Other', OTHER_COMMANDS],
];

const commands = GROUPS.flatMap(([group, members]) =>
  members.map((definition): CommandDefinition => ({ ...definition, group })),
);

const completionDefinition = defineBareCommand({
  name: 'completion',
  summary: 'Print the completion script of a shell',
  arguments: [{ syntax: '<shell>', description: 'bash, zsh or fish', completes: 'shell' }],
  options: [],
  examples: [
    { command: 'eval "$(m2m completion bash)"', does: 'in ~/.bashrc; zsh the same' },
    { command: 'm2m completion fish | source', does: 'in config.fish' },
  ],
  input: (parsed) => parsed.text(0),
  load: async () => {
    const { SHELL_SCRIPTS, SHELLS } = await import('./completion/shell-scripts.ts');
    return async (_context, name) => {
      const shell = SHELLS.find((known) => known === name);
      if (shell === undefined) {
        const message = unknownName('shell', name, SHELLS);
        throw new CliError('ERR_ARGUMENT_INVALID', message, { next: 'm2m completion bash' });
      }
      const script = SHELL_SCRIPTS[shell];
      return { json: { shell, script }, text: () => script };
    };
  },
});

/** Every command, in the order of the help; the last is behind the completion scripts. */
export const definitions: readonly CommandDefinition[] = [
  ...commands,
  { ...completionDefinition, group: 'Other' },
  { ...createCompleteDefinition([...commands, completionDefinition]), group: 'Other' },
];

/** Creates the command behind the completion scripts, for a list of commands. */
function createCompleteDefinition(definitions: readonly CommandDefinition[]): CommandDefinition {
  return defineBareCommand({
    name: 'complete',
    isHidden: true,
    summary: 'Print what may stand on a command line, for the completion scripts',
    arguments: [{ syntax: '[words...]', description: 'all words of the line, after --' }],
    options: [
      {
        flags: '--at <position>',
        description: 'which word to complete, counted from 0 (default: the last)',
      },
    ],
    examples: [{ command: 'm2m complete -- list --env ""', does: 'the environments' }],
    input: (parsed) => ({ words: parsed.list(0), position: parsed.option('at') }),
    load: async () => {
      const { findCandidates } = await import('./completion/find-candidates.ts');
      return async (context, { words, position: at }) => {
        const position = at === undefined ? Math.max(words.length - 1, 0) : Number(at);
        const candidates = await findCandidates({ words, position, definitions, context });
        return { json: { candidates }, text: () => candidates.join('\n') };
      };
    },
  });
}
