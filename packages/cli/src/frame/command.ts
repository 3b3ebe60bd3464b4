import type { Contract } from '@cognito-m2m/claim-schema';
import type { Environment } from '@cognito-m2m/environment';
import type { ExitCode } from './errors.ts';
import type { Target } from './target.ts';
import type { Output, Prompt, Style } from './terminal.ts';
import { withoutCredentials } from './text.ts';

/** Milliseconds since 1970, as `Date.now` gives. */
type Clock = () => number;

/** Resolves after so many milliseconds. */
export type Wait = (milliseconds: number) => Promise<void>;

/** Environment variables. */
export interface Variables {
  readonly [name: string]: string | undefined;
}

/** What a command works with when it needs no deployment. */
export interface BareContext {
  /** The claim contract of the team. */
  readonly contract: Contract;
  readonly output: Output;
  readonly prompt: Prompt;
  readonly clock: Clock;
  /** Waits, where a service or a person needs time. */
  readonly wait: Wait;
  /** Of the process. */
  readonly variables: Variables;
  /** Writes a command to run next. */
  readonly commandLine: CommandLine;
  /** Where the environment files are. @default `infra/environments` of the enclosing repository */
  readonly environmentsDirectory: string | undefined;
}

/** What a command on one environment works with. */
export interface CommandContext extends BareContext {
  readonly environment: Environment;
  readonly target: Target;
}

/** What a command answers; it prints nothing itself. */
export interface CommandResult {
  /** The answer of `--json`. */
  readonly json: object;
  /** The answer for people. */
  readonly text: (style: Style) => string;
  /** @default 0 */
  readonly exitCode?: ExitCode;
}

/** A command: a plain function of its edges and its typed input. */
export type Command<Context, Input> = (context: Context, input: Input) => Promise<CommandResult>;

/** What the shell completion offers for an argument or for the value of an option. */
export type CompletionKind = 'environment' | 'pool' | 'client' | 'claim' | 'shell';

/** One positional argument. */
interface ArgumentDefinition {
  /** As in the help: `<pool>`, `[pool]`, `<claim...>`. */
  readonly syntax: string;
  readonly description: string;
  /** @default nothing is offered */
  readonly completes?: CompletionKind;
}

/** One option. */
export interface OptionDefinition {
  /** As in the help: `--reason <text>`. */
  readonly flags: string;
  readonly description: string;
  /** True if the command does not run without it. @default false */
  readonly isRequired?: boolean;
  /** True if it may be given many times. @default false */
  readonly isRepeatable?: boolean;
  /** What its value may be. @default nothing is offered */
  readonly completes?: CompletionKind;
}

/** One example of the help. */
interface ExampleDefinition {
  readonly command: string;
  readonly does: string;
}

interface DefinitionBase {
  readonly name: string;
  /** True for a command that only scripts call: neither the help nor the completion offers it. @default false */
  readonly isHidden?: boolean;
  /** The heading in the list of commands. @default none */
  readonly group?: string;
  /** One sentence for the list of commands. */
  readonly summary: string;
  /** What else to know, for the command's own help. */
  readonly details?: string;
  readonly arguments: readonly ArgumentDefinition[];
  readonly options: readonly OptionDefinition[];
  readonly examples: readonly ExampleDefinition[];
  /** The command that shows what became of a change, should this one be interrupted. @default it changes nothing */
  readonly afterInterruption?: (parsed: ParsedArguments) => string;
}

/** A command as the program knows it; its code loads when it runs. */
export type CommandDefinition = DefinitionBase & {
  /** What the command receives, from the command line. */
  readonly input: (parsed: ParsedArguments) => unknown;
} & (
    | { readonly needs: 'environment'; readonly run: RunLoaded<CommandContext> }
    | { readonly needs: 'nothing'; readonly run: RunLoaded<BareContext> }
  );

type RunLoaded<Context> = (context: Context, parsed: ParsedArguments) => Promise<CommandResult>;

/** Defines a command on one environment; it takes `--env`. */
export function defineCommand<Input>(
  definition: DefinitionBase & {
    readonly input: (parsed: ParsedArguments) => Input;
    readonly load: () => Promise<Command<CommandContext, Input>>;
  },
): CommandDefinition {
  const { input, load, ...base } = definition;
  return {
    ...base,
    input,
    needs: 'environment',
    run: async (context, parsed) => (await load())(context, input(parsed)),
  };
}

/** Defines a command that needs no deployment. */
export function defineBareCommand<Input>(
  definition: DefinitionBase & {
    readonly input: (parsed: ParsedArguments) => Input;
    readonly load: () => Promise<Command<BareContext, Input>>;
  },
): CommandDefinition {
  const { input, load, ...base } = definition;
  return {
    ...base,
    input,
    needs: 'nothing',
    run: async (context, parsed) => (await load())(context, input(parsed)),
  };
}

/** Options of every command that works on an environment. */
const ENVIRONMENT_OPTIONS: readonly OptionDefinition[] = [
  {
    flags: '-e, --env <name>',
    description: 'the environment (default: M2M_ENV, if it is set)',
    completes: 'environment',
  },
  {
    flags: '--local-url <url>',
    description: 'a running local Cognito (default: http://127.0.0.1:8787, if it responds)',
  },
  { flags: '--aws', description: 'use the AWS deployment, even if a local Cognito is running' },
];

/** Options of every command. */
const SHARED_OPTIONS: readonly OptionDefinition[] = [
  { flags: '--json', description: 'print one JSON document to stdout' },
  {
    flags: '--environments <folder>',
    description: 'folder of the environment files (default: infra/environments)',
  },
];

/** Every option of a command, in the order of its help. */
export function optionsOf({ options, needs }: CommandDefinition): readonly OptionDefinition[] {
  return [...options, ...(needs === 'environment' ? ENVIRONMENT_OPTIONS : []), ...SHARED_OPTIONS];
}

/** The arguments of commands on one client. */
export const CLIENT_ARGUMENTS: readonly ArgumentDefinition[] = [
  {
    syntax: '<pool>',
    description: 'the pool, by its name in the environment file',
    completes: 'pool',
  },
  { syntax: '<client>', description: 'the client, by its name', completes: 'client' },
];

/** What the command line held, as a command's definition reads it; commander has checked what is required. */
export interface ParsedArguments {
  /** A required positional argument. */
  text(index: number): string;
  /** An optional positional argument. */
  optionalText(index: number): string | undefined;
  /** A variadic positional argument. */
  list(index: number): readonly string[];
  /** The value of an option, by its long name in camel case. */
  option(name: string): string | undefined;
  /** The values of an option that may be given many times. */
  options(name: string): readonly string[];
  /** True if the flag was given. */
  flag(name: string): boolean;
}

/** Creates the reader of what commander parsed. */
export function createParsedArguments(
  positionals: readonly unknown[],
  options: { readonly [name: string]: unknown },
): ParsedArguments {
  return {
    text: (index) => String(positionals[index]),
    optionalText: (index) => asText(positionals[index]),
    list: (index) => asList(positionals[index]),
    option: (name) => asText(options[name]),
    options: (name) => asList(options[name]),
    flag: (name) => options[name] === true,
  };
}

function asText(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function asList(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

/**
 * Writes a command of `m2m` ready to paste: with the environment and the target of this run, so that it never goes
 * anywhere else.
 *
 * @param words - What follows `m2m`: `history payments billing-worker`.
 */
export type CommandLine = (words: string) => string;

/** Options that say where a command works, by their names in {@link ParsedArguments}. */
const PLACE_OPTIONS = [
  ['--env', 'env'],
  ['--local-url', 'localUrl'],
  ['--environments', 'environments'],
] as const;

/** Words that no shell reads as anything but themselves. */
const PLAIN_WORD = /^[\w@%+=:,./-]+$/;

/** Creates the writer of commands for a run with these arguments. */
export function createCommandLine(parsed: Pick<ParsedArguments, 'option' | 'flag'>): CommandLine {
  const options = PLACE_OPTIONS.flatMap(([flag, name]) => {
    const value = parsed.option(name);
    return value === undefined ? [] : [flag, quoteWord(withoutCredentials(value))];
  });
  const place = [...options, ...(parsed.flag('aws') ? ['--aws'] : [])];
  return (words) => ['m2m', words, ...place].join(' ');
}

// So that a POSIX shell reads it back as it is.
function quoteWord(word: string): string {
  return PLAIN_WORD.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
