import { parseArgs } from 'node:util';
import { claimsStackName, poolStackName } from '@cognito-m2m/environment/names';
import { InfraError } from '../errors.ts';

/** What a line such as `deploy 'dev-*' --auto-approve` asks for. */
export interface CdktfRequest {
  readonly command: string;
  /** The one environment that it is about. */
  readonly environment: string;
  /** The names and patterns of stacks, and what else stands there without being an option. */
  readonly stacks: readonly string[];
  /** The options with their values. */
  readonly options: readonly string[];
}

/** They take stacks, whose names begin with the environment's; all others begin with an environment. */
const STACK_COMMANDS = ['deploy', 'diff', 'destroy'];

/** They take an environment and nothing besides; each word more would be an environment that nobody looks at. */
const ENVIRONMENT_COMMANDS = ['synth', 'list'];

/** The options of cdktf-cli 0.21 that take a value, as `--option value` too; all others are switches. */
const OPTIONS_WITH_VALUE = {
  app: { type: 'string', short: 'a' },
  output: { type: 'string', short: 'o' },
  'outputs-file': { type: 'string' },
  parallelism: { type: 'string' },
  'terraform-parallelism': { type: 'string' },
  var: { type: 'string', multiple: true },
  'var-file': { type: 'string', multiple: true },
  'log-level': { type: 'string' },
  'log-file-directory': { type: 'string' },
  'experimental-provider-schema-cache-path': { type: 'string' },
} as const;

/**
 * Finds out from a command such as `deploy 'dev-*'` which environment it is about.
 *
 * @param words - The command and its arguments, as typed. `synth` and `list` take the name of an environment.
 * @param known - The names of all environments.
 * @throws {InfraError} `ERR_INFRA_ENVIRONMENT_UNNAMED` if no environment, an unknown one or several are named.
 */
export function readCdktfRequest(words: readonly string[], known: readonly string[]): CdktfRequest {
  const [command = '', ...rest] = words;
  const { named, options } = splitArguments(rest);
  if (takesStacks(command)) {
    const environments = named.map((stack) => environmentOf(stack, known) ?? stack);
    const environment = onlyEnvironment(environments, known, command);
    return { command, environment, stacks: named, options };
  }
  const taken = ENVIRONMENT_COMMANDS.includes(command) ? named.length : 1;
  const environment = onlyEnvironment(named.slice(0, taken), known, command);
  return { command, environment, stacks: named.slice(taken), options };
}

/** True for a command that takes the names and patterns of stacks. */
export function takesStacks(command: string): boolean {
  return STACK_COMMANDS.includes(command);
}

/** Tells the words that name something from the options and their values. */
function splitArguments(args: readonly string[]) {
  const { tokens } = parseArgs({
    args: [...args],
    options: OPTIONS_WITH_VALUE,
    strict: false,
    tokens: true,
  });
  const places = new Set(
    tokens.filter(({ kind }) => kind === 'positional').map(({ index }) => index),
  );
  return {
    named: args.filter((_, index) => places.has(index)),
    options: args.filter((_, index) => !places.has(index)),
  };
}

/** Finds the environment of a stack's name or pattern; the longest name wins where one begins with another. */
function environmentOf(stack: string, known: readonly string[]): string | undefined {
  return known
    .filter((name) => {
      const pools = poolStackName(name, '');
      return [`${name}-*`, claimsStackName(name)].includes(stack) || stack.startsWith(pools);
    })
    .sort((first, second) => second.length - first.length)[0];
}

function onlyEnvironment(
  named: readonly string[],
  known: readonly string[],
  command: string,
): string {
  const [environment = '', ...others] = new Set(named);
  if (known.includes(environment) && others.length === 0) return environment;
  const got = named.length === 0 ? 'none' : [...new Set(named)].join(', ');
  const message = [
    `Name one environment, there is no default: got ${got}; known: ${known.join(', ')}.`,
    `For example: npx -y pnpm@12 cdktf ${command} ${exampleFor(command)}`,
  ].join('\n');
  throw new InfraError('ERR_INFRA_ENVIRONMENT_UNNAMED', message);
}

function exampleFor(command: string): string {
  if (command === 'diff') return 'dev-claims';
  return takesStacks(command) ? "'dev-*'" : 'dev';
}
