import { type Contract, VERSION } from '@cognito-m2m/claim-schema';
import { Command as Commander, CommanderError, Option } from 'commander';
import { definitions } from './definitions.ts';
import {
  type BareContext,
  type CommandDefinition,
  type CommandResult,
  createCommandLine,
  createParsedArguments,
  type OptionDefinition,
  optionsOf,
  type ParsedArguments,
  type Variables,
  type Wait,
} from './frame/command.ts';
import { CliError, EXIT_CODES, type ExitCode } from './frame/errors.ts';
import { openTerminal, type Prompt, type TerminalEdges } from './frame/terminal.ts';
import { plainText } from './frame/text.ts';

/** Everything of the outside world that `m2m` touches, but for the network. */
export interface Edges extends TerminalEdges {
  /** The claim contract of the team. */
  readonly contract: Contract;
  readonly write: (text: string) => void;
  readonly prompt: Prompt;
  readonly wait: Wait;
  readonly variables: Variables;
}

/** Width of the help where there is no terminal to ask, in columns. */
const HELP_WIDTH = 100;

/**
 * Runs one command line.
 *
 * @param argv - Arguments after the program's name.
 * @returns The exit code; everything there is to say has been written.
 */
export async function runM2m(argv: readonly string[], edges: Edges): Promise<ExitCode> {
  let invocation: Invocation | undefined;
  try {
    const parsed = parseCommandLine(argv, definitions, edges, edges.width ?? HELP_WIDTH);
    invocation = withEnvironment(parsed, edges.variables);
    return await runInvocation(invocation, edges);
  } catch (error) {
    // Help or the version: commander has printed what there is to say.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : EXIT_CODES.fault;
    return await writeError(error, invocation, argv.includes('--json'), edges);
  }
}

/**
 * Says that a signal ended a command line, and which command shows what became of a change that was under way.
 *
 * The command's own answer is written at once and at its end, so that none is ever half said.
 */
export function describeInterruption(
  argv: readonly string[],
  signal: string,
  variables: Variables,
): string {
  const silent = { write: () => {}, writeError: () => {} };
  try {
    const { definition, parsed } = withEnvironment(
      parseCommandLine(argv, definitions, silent, HELP_WIDTH),
      variables,
    );
    const next = definition.afterInterruption?.(parsed);
    if (next === undefined) return `m2m: Interrupted by ${signal}.\n`;
    const commandLine = createCommandLine(parsed);
    return `m2m: Interrupted by ${signal}. The change may have been made.\nNext: ${plainText(commandLine(next))}\n`;
  } catch {
    return `m2m: Interrupted by ${signal}.\n`;
  }
}

/** Lets `M2M_ENV` stand in for `--env`: commands that are printed name the environment all the same. */
function withEnvironment(invocation: Invocation, variables: Variables): Invocation {
  const { definition, parsed } = invocation;
  if (definition.needs === 'nothing') return invocation;
  const option = (name: string) =>
    parsed.option(name) ?? (name === 'env' ? variables['M2M_ENV'] || undefined : undefined);
  return { definition, parsed: { ...parsed, option } };
}

async function runInvocation({ definition, parsed }: Invocation, edges: Edges): Promise<ExitCode> {
  const isJson = parsed.flag('json');
  const { clock, wait, variables } = edges;
  const { output, waiting } = openTerminal(edges, { label: `m2m ${definition.name}`, isJson });
  const environmentsDirectory = parsed.option('environments');
  const bare: BareContext = {
    contract: edges.contract,
    output,
    prompt: {
      confirm: (text, question) => waiting.during(() => edges.prompt.confirm(text, question)),
    },
    clock,
    wait,
    variables,
    commandLine: createCommandLine(parsed),
    environmentsDirectory,
  };
  const result = await runDefinition(definition, bare, parsed).finally(waiting.end);
  edges.write(
    isJson ? `${JSON.stringify(result.json, null, 2)}\n` : `${result.text(output.style)}\n`,
  );
  return exitCodeOf(result);
}

async function runDefinition(
  definition: CommandDefinition,
  bare: BareContext,
  parsed: ParsedArguments,
): Promise<CommandResult> {
  if (definition.needs === 'nothing') return definition.run(bare, parsed);
  const { openContext } = await import('./deployment/find-target.ts');
  return definition.run(await openContext(bare, parsed), parsed);
}

function exitCodeOf({ exitCode }: CommandResult): ExitCode {
  return exitCode ?? EXIT_CODES.ok;
}

async function writeError(
  error: unknown,
  invocation: Invocation | undefined,
  isJson: boolean,
  edges: Edges,
): Promise<ExitCode> {
  const { reportError } = await import('./frame/report-error.ts');
  const { definition, parsed = createParsedArguments([], {}) } = invocation ?? {};
  const { exitCode, code, message, next } = reportError(error, {
    helpCommand: definition === undefined ? 'm2m --help' : `m2m ${definition.name} --help`,
    commandLine: createCommandLine(parsed),
  });
  if (isJson) {
    edges.write(`${JSON.stringify({ error: { code, message, next } }, null, 2)}\n`);
    return exitCode;
  }
  // Line by line: a message may list faults, and may hold a name that someone else chose.
  const lines = message.split('\n').map(plainText).join('\n');
  edges.writeError(`m2m: ${lines} (${code})\nNext: ${plainText(next)}\n`);
  return exitCode;
}

/** What `m2m` was asked to do. */
interface Invocation {
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
