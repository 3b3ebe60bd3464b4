import { VERSION } from '@cognito-m2m/claim-schema';
import { Command as Commander, type CommanderError, Option } from 'commander';
import { type CommandDefinition, type OptionDefinition, optionsOf } from './frame/command.ts';
import { createParsedArguments, type ParsedArguments } from './frame/command-line.ts';
import { CliError } from './frame/errors.ts';

/** What `m2m` was asked to do. */
export interface Invocation {
  readonly definition: CommandDefinition;
  readonly parsed: ParsedArguments;
}

/**
 * Parses the command line.
 *
 * @param argv - Arguments after the program's name.
 * @throws {CliError} `ERR_USAGE` for a wrong command line.
 * @throws {CommanderError} If help or the version was asked for; it is printed already.
 */
export function parseCommandLine(
  argv: readonly string[],
  definitions: readonly CommandDefinition[],
  streams: { readonly write: (text: string) => void; readonly writeError: (text: string) => void },
  width: number,
): Invocation {
  let invocation: Invocation | undefined;
  const program = createProgram(definitions, (found) => {
    invocation = found;
  });
  for (const command of [program, ...program.commands]) {
    command
      .exitOverride((error) => {
        throw isPrinted(error) ? error : usageError(error, program, command);
      })
      .configureOutput({
        writeOut: streams.write,
        writeErr: streams.writeError,
        // A wrong command line is reported like every other error.
        outputError: () => {},
        getOutHelpWidth: () => width,
        getErrHelpWidth: () => width,
      });
  }
  program.parse([...argv], { from: 'user' });
  if (invocation === undefined) throw new Error('No command was found and none was missed.');
  return invocation;
}

function isPrinted({ code }: CommanderError): boolean {
  return code.startsWith('commander.help') || code === 'commander.version';
}

function usageError(error: CommanderError, program: Commander, command: Commander): CliError {
  const words = command === program ? 'm2m' : `m2m ${command.name()}`;
  return new CliError('ERR_USAGE', usageMessage(error), { cause: error, next: `${words} --help` });
}

/** Says what is wrong with a command line; commander's own sentences begin with "error:" and quote whole definitions. */
function usageMessage({ code, message }: CommanderError): string {
  const [, quoted = ''] = /'([^']+)'/.exec(message) ?? [];
  const flag = /--[\w-]+/.exec(quoted)?.[0] ?? quoted;
  const [, suggestion] = /\(Did you mean (?:one of )?(.+)\?\)/.exec(message) ?? [];
  const hint = suggestion === undefined ? '' : ` Did you mean ${suggestion}?`;
  switch (code) {
    case 'commander.missingArgument':
      return `<${quoted}> is required.`;
    case 'commander.missingMandatoryOptionValue':
      return `${flag} is required.`;
    case 'commander.optionMissingArgument':
      return `${flag} requires a value.`;
    case 'commander.unknownOption':
      return `Unknown option ${quoted}.${hint}`;
    case 'commander.unknownCommand':
      return `Unknown command "${quoted}".${hint}`;
    case 'commander.excessArguments':
      return message.replace(/^error: too many/, 'Too many');
    default:
      return message.replace(/^error: /, '');
  }
}

function createProgram(
  definitions: readonly CommandDefinition[],
  onInvocation: (invocation: Invocation) => void,
): Commander {
  const program = new Commander('m2m')
    .description('See, change, explain and prove the claims of machine-to-machine clients.')
    .version(VERSION, '-V, --version', 'print the version')
    // Before the help's own command, which is none of the definitions.
    .commandsGroup('Other:')
    .helpCommand('help [command]', 'show the help of a command')
    .configureHelp({
      subcommandTerm: (command) =>
        `${command.name()} ${command.usage().replace('[options] ', '').replace('[options]', '')}`.trimEnd(),
    })
    .addHelpText('after', EXIT_CODE_HELP);
  for (const definition of definitions) {
    const command = program.command(definition.name, { hidden: definition.isHidden ?? false });
    if (definition.group !== undefined) command.helpGroup(`${definition.group}:`);
    describe(command, definition);
    // Commander appends the options and itself to the positional arguments.
    command.action((...received: unknown[]) => {
      const positionals = received.slice(0, definition.arguments.length);
      onInvocation({ definition, parsed: createParsedArguments(positionals, command.opts()) });
    });
  }
  return program;
}

function describe(command: Commander, definition: CommandDefinition): void {
  const { summary, details } = definition;
  command
    .summary(summary)
    .description(details === undefined ? `${summary}.` : `${summary}.\n\n${details}`);
  for (const argument of definition.arguments) {
    command.argument(argument.syntax, argument.description);
  }
  for (const option of optionsOf(definition)) command.addOption(createOption(option));
  command.addHelpText('after', exampleHelp(definition));
}

function createOption({ flags, description, isRequired, isRepeatable }: OptionDefinition): Option {
  const words = [description, isRequired && '(required)', isRepeatable && '(repeatable)'];
  const option = new Option(flags, words.filter(Boolean).join(' ')).makeOptionMandatory(
    isRequired ?? false,
  );
  // Not commander's variadic options: they would swallow the positional arguments that follow.
  if (isRepeatable) option.argParser((value, known: string[] = []) => [...known, value]);
  return option;
}

function exampleHelp({ examples }: CommandDefinition): string {
  const lines = examples.map(({ command, does }) => `  $ ${command}\n      ${does}`);
  return `\nExamples:\n${lines.join('\n')}`;
}

const EXIT_CODE_HELP = `
Exit codes: 0 success, 1 usage or deployment error, 2 differences or findings, 70 a bug in m2m.`;
