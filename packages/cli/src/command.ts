import type { Contract } from '@cognito-m2m/claim-schema';
import type { Environment } from '@cognito-m2m/environment';
import type { CommandLine } from './command-line.ts';
import type { ExitCode } from './exit-codes.ts';
import type { Output } from './output/output.ts';
import type { Style } from './output/style.ts';
import type { ParsedArguments } from './parsed-arguments.ts';
import type { Prompt } from './prompt.ts';
import type { Target } from './target/target.ts';

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
  readonly environmentsDirectory?: string;
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
export interface ArgumentDefinition {
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
  /** One sentence for the list of commands. */
  readonly summary: string;
  /** What else to know, for the command's own help. */
  readonly details?: string;
  readonly arguments: readonly ArgumentDefinition[];
  readonly options: readonly OptionDefinition[];
  readonly examples: readonly ExampleDefinition[];
}

/** A command as the program knows it; its code loads when it runs. */
export type CommandDefinition = DefinitionBase & {
  /** What the command is told, out of the command line. */
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
