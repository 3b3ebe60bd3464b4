import type { Contract } from '@cognito-m2m/claim-schema';
import { CommanderError } from 'commander';
import { definitions } from './definitions.ts';
import type {
  BareContext,
  Clock,
  CommandDefinition,
  CommandResult,
  Variables,
  Wait,
} from './frame/command.ts';
import {
  createCommandLine,
  createParsedArguments,
  type ParsedArguments,
} from './frame/command-line.ts';
import { EXIT_CODES, type ExitCode } from './frame/errors.ts';
import {
  createOutput,
  createStatusLine,
  type Repeat,
  startWaiting,
} from './frame/output/output.ts';
import { createStyle } from './frame/output/style.ts';
import { plainText } from './frame/output/text.ts';
import type { Prompt } from './frame/prompt.ts';
import type { FailedRun } from './frame/report-error.ts';
import { type Invocation, parseCommandLine } from './program.ts';

/** Everything of the outside world that `m2m` touches, but for the network. */
export interface Edges {
  /** The claim contract of the team. */
  readonly contract: Contract;
  readonly write: (text: string) => void;
  readonly writeError: (text: string) => void;
  /** Columns of the terminal; `undefined` for a pipe. */
  readonly width: number | undefined;
  /** True if stdout is a terminal that takes colours. */
  readonly hasColours: boolean;
  /** True if stderr is a terminal. */
  readonly isTerminal: boolean;
  readonly prompt: Prompt;
  readonly clock: Clock;
  readonly wait: Wait;
  readonly repeat: Repeat;
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
    return await writeError(error, describeRun(invocation), argv.includes('--json'), edges);
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
  const style = createStyle(edges);
  const { isTerminal, writeError, clock, wait, variables } = edges;
  const line = isTerminal ? createStatusLine(writeError) : undefined;
  const output = createOutput({ style, isJson, line, writeError, clock });
  const waiting = startWaiting({ label: `m2m ${definition.name}`, line, repeat: edges.repeat });
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
  edges.write(isJson ? `${JSON.stringify(result.json, null, 2)}\n` : `${result.text(style)}\n`);
  return exitCodeOf(result);
}

async function runDefinition(
  definition: CommandDefinition,
  bare: BareContext,
  parsed: ParsedArguments,
): Promise<CommandResult> {
  if (definition.needs === 'nothing') return definition.run(bare, parsed);
  const { openContext } = await import('./open-context.ts');
  return definition.run(await openContext(bare, parsed), parsed);
}

function exitCodeOf({ exitCode }: CommandResult): ExitCode {
  return exitCode ?? EXIT_CODES.ok;
}

function describeRun(invocation: Invocation | undefined): FailedRun {
  const { definition, parsed = createParsedArguments([], {}) } = invocation ?? {};
  return {
    helpCommand: definition === undefined ? 'm2m --help' : `m2m ${definition.name} --help`,
    commandLine: createCommandLine(parsed),
  };
}

async function writeError(
  error: unknown,
  run: FailedRun,
  isJson: boolean,
  edges: Edges,
): Promise<ExitCode> {
  const { reportError } = await import('./frame/report-error.ts');
  const { exitCode, code, message, next } = reportError(error, run);
  if (isJson) {
    edges.write(`${JSON.stringify({ error: { code, message, next } }, null, 2)}\n`);
    return exitCode;
  }
  // Line by line: a message may list faults, and may hold a name that someone else chose.
  const lines = message.split('\n').map(plainText).join('\n');
  edges.writeError(`m2m: ${lines} (${code})\nNext: ${plainText(next)}\n`);
  return exitCode;
}
