import { CommanderError } from 'commander';
import type { BareContext, CommandDefinition, CommandResult } from './command.ts';
import { createCommandLine } from './command-line.ts';
import { definitions } from './definitions.ts';
import type { Edges } from './edges.ts';
import { EXIT_CODES, type ExitCode } from './exit-codes.ts';
import { openContext } from './open-context.ts';
import { createOutput } from './output/output.ts';
import { plainText } from './output/plain-text.ts';
import { createStatusLine } from './output/status-line.ts';
import { createStyle } from './output/style.ts';
import { startWaiting } from './output/waiting.ts';
import { createParsedArguments, type ParsedArguments } from './parsed-arguments.ts';
import { type Invocation, parseCommandLine } from './program.ts';
import { type FailedRun, reportError } from './report-error.ts';

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
    invocation = parseCommandLine(argv, definitions, edges, edges.width ?? HELP_WIDTH);
    return await runInvocation(invocation, edges);
  } catch (error) {
    // Help or the version: commander has printed what there is to say.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : EXIT_CODES.fault;
    return writeError(error, describeRun(invocation), argv.includes('--json'), edges);
  }
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
    ...(environmentsDirectory !== undefined && { environmentsDirectory }),
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
  return definition.needs === 'nothing'
    ? definition.run(bare, parsed)
    : definition.run(await openContext(bare, parsed), parsed);
}

function exitCodeOf({ exitCode }: CommandResult): ExitCode {
  return exitCode ?? EXIT_CODES.ok;
}

function describeRun(invocation: Invocation | undefined): FailedRun {
  const { definition, parsed = createParsedArguments([], {}) } = invocation ?? {};
  return {
    helpCommand: ['m2m', ...(definition ? [definition.name] : []), '--help'].join(' '),
    commandLine: createCommandLine(parsed),
  };
}

function writeError(error: unknown, run: FailedRun, isJson: boolean, edges: Edges): ExitCode {
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
