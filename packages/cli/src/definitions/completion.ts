import { type CommandDefinition, defineBareCommand } from '../frame/command.ts';
import { CliError } from '../frame/errors.ts';
import { unknownName } from '../frame/names.ts';

/** Creates `m2m completion` and the command behind its scripts, for a list of commands. */
export function createCompletionDefinitions(
  definitions: readonly CommandDefinition[],
): CommandDefinition[] {
  return [completionDefinition, createCompleteDefinition([...definitions, completionDefinition])];
}

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
    const { SHELL_SCRIPTS, SHELLS } = await import('../completion/shell-scripts.ts');
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
      const { findCandidates } = await import('../completion/find-candidates.ts');
      return async (context, { words, position: at }) => {
        const position = at === undefined ? Math.max(words.length - 1, 0) : Number(at);
        const candidates = await findCandidates({ words, position, definitions, context });
        return { json: { candidates }, text: () => candidates.join('\n') };
      };
    },
  });
}
