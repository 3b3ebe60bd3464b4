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

/**
 * Finds out from a command such as `deploy 'dev-*'` which environment it is about, and what CDKTF must be told.
 *
 * @param words - The command and its arguments, as typed. `synth` and `list` take the name of an environment, all
 *   others take stacks.
 * @param known - The names of all environments.
 * @throws {InfraError} `ERR_INFRA_ENVIRONMENT_UNNAMED` if no environment, an unknown one or several are named.
 */
export function toCdktfCall(words: readonly string[], known: readonly string[]): CdktfCall {
  const [command = '', ...args] = words;
  const named = args.filter((word) => !word.startsWith('-'));
  if (!STACK_COMMANDS.includes(command)) {
    const environment = onlyEnvironment(named.slice(0, 1), known, command);
    return { environment, args: [command, ...args.filter((word) => word !== environment)] };
  }
  const environments = named.map((stack) => environmentOf(stack, known) ?? stack);
  const environment = onlyEnvironment(environments, known, command);
  // CDKTF refuses a pool without the stack it is ordered after; told to ignore that, it forgets the order.
  const isAlone = command === 'deploy' && !named.some((stack) => takesClaims(stack, environment));
  return {
    environment,
    args: [...words, ...(isAlone ? ['--ignore-missing-stack-dependencies'] : [])],
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

function takesClaims(stack: string, environment: string): boolean {
  return [`${environment}-*`, claimsStackName(environment)].includes(stack);
}
