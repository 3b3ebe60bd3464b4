import type { Contract } from '@cognito-m2m/claim-schema';
import type { Environment } from '@cognito-m2m/environment';
import type { CommandLine, ParsedArguments } from './command-line.ts';
import type { ExitCode } from './errors.ts';
import type { Output } from './output/output.ts';
import type { Style } from './output/style.ts';
import type { Prompt } from './prompt.ts';
import type { Target } from './target.ts';

/** Milliseconds since 1970, as `Date.now` gives. */
export type Clock = () => number;

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

/** How an option is written: `['-e', '--env']`. */
export function flagsOf({ flags }: OptionDefinition): readonly string[] {
  return flags.replace(/ <.*/, '').split(', ');
}

/** True if a word after the option is its value. */
export function takesValue({ flags }: OptionDefinition): boolean {
  return flags.includes('<');
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
