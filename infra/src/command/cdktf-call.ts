import { parseArgs } from 'node:util';
import { isRetired, isTrial } from '../environment-name.ts';
import { InfraError } from '../errors.ts';
import { claimsStackName, poolStackName } from '../names.ts';

/** How to call CDKTF's command line for one environment. */
export interface CdktfCall {
  /** The one environment that is synthesized. */
  readonly environment: string;
  /** CDKTF's arguments. */
  readonly args: readonly string[];
}

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
 * Finds out from a command such as `deploy 'dev-*'` which environment it is about, and what CDKTF must be told.
 *
 * @param words - The command and its arguments, as typed. `synth` and `list` take the name of an environment, all
 *   others take stacks.
 * @param known - The names of all environments.
 * @param variables - Of this process. @default none
 * @throws {InfraError} `ERR_INFRA_ENVIRONMENT_UNNAMED` if no environment, an unknown one or several are named;
 *   `ERR_INFRA_DESTROY_PROTECTED` for `destroy` of an environment that nobody retired.
 */
export function toCdktfCall(
  words: readonly string[],
  known: readonly string[],
  variables: { readonly [name: string]: string | undefined } = {},
): CdktfCall {
  const [command = '', ...rest] = words;
  const { named, options } = splitArguments(rest);
  if (!STACK_COMMANDS.includes(command)) {
    const taken = ENVIRONMENT_COMMANDS.includes(command) ? named.length : 1;
    const environment = onlyEnvironment(named.slice(0, taken), known, command);
    return { environment, args: [command, ...named.slice(taken), ...options] };
  }
  const environments = named.map((stack) => environmentOf(stack, known) ?? stack);
  const environment = onlyEnvironment(environments, known, command);
  if (command === 'destroy' && !isTrial(environment) && !isRetired(environment, variables)) {
    throw destroyProtected(environment, named);
  }
  // CDKTF refuses a pool without the stack it is ordered after; told to ignore that, it forgets the order.
  const isAlone = command === 'deploy' && !named.some((stack) => takesClaims(stack, environment));
  return {
    environment,
    // The stacks first: to CDKTF every word after `--var x=y` is one more variable.
    args: [
      command,
      ...named,
      ...options,
      ...(isAlone ? ['--ignore-missing-stack-dependencies'] : []),
    ],
  };
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
  const example = STACK_COMMANDS.includes(command) ? `${command} 'dev-*'` : `${command} dev`;
  const message = [
    `Name one environment, there is no default: got ${got}; known: ${known.join(', ')}.`,
    `For example: npx -y pnpm@12 cdktf ${example}`,
  ].join('\n');
  throw new InfraError('ERR_INFRA_ENVIRONMENT_UNNAMED', message);
}

// Terraform would refuse as well, stack by stack and in its own words.
function destroyProtected(environment: string, stacks: readonly string[]): InfraError {
  const retire = `M2M_RETIRE=${environment} npx -y pnpm@12 cdktf`;
  const quoted = stacks.map((stack) => `'${stack}'`).join(' ');
  const message = [
    `${environment} is protected: client ids, claims and keys can't be made again. Nothing was destroyed.`,
    `At its end: ${retire} deploy ${quoted}, then ${retire} destroy ${quoted} (docs/deploy.md).`,
  ].join('\n');
  return new InfraError('ERR_INFRA_DESTROY_PROTECTED', message);
}

function takesClaims(stack: string, environment: string): boolean {
  return [`${environment}-*`, claimsStackName(environment)].includes(stack);
}
