import { parseArgs } from 'node:util';
import type { Environment } from '@cognito-m2m/environment';
import { claimsStackName, poolStackName } from '@cognito-m2m/environment/names';
import { minimatch } from 'minimatch';
import { isRetired, isTrial, type Variables } from '../environment-name.ts';
import { InfraError } from '../errors.ts';

/** The commands that run Terraform. */
export type TerraformCommand = 'diff' | 'deploy' | 'destroy';

/** The options of a run; a command that has no use for one ignores it. */
export interface RunOptions {
  readonly isApproved: boolean;
  /** Pools at once. */
  readonly parallelism: number;
  /** Resources at once in one stack. */
  readonly terraformParallelism: number | undefined;
  /** App clients that may be created in an imported pool. */
  readonly newClients: readonly string[];
  /** Existing pools whose token requests may fail afterwards. */
  readonly brokenPools: readonly string[];
  readonly migratesState: boolean;
  readonly hasColors: boolean;
  readonly outputDirectory: string | undefined;
}

/** What a line such as `deploy 'dev-*' --auto-approve` asks for. */
export interface Request {
  readonly command: 'synth' | 'list' | TerraformCommand;
  /** The one environment that it is about. */
  readonly environment: string;
  /** The names and patterns of stacks; `synth` and `list` are about all of the environment. */
  readonly stacks: readonly string[];
  readonly options: RunOptions;
}

/** The commands, each with an example of what it takes. */
const EXAMPLES: { readonly [command in Request['command']]: string } = {
  synth: 'dev',
  list: 'dev',
  diff: 'dev-pool-payments',
  deploy: "'dev-*'",
  destroy: "'trial-*'",
};

const OPTIONS = {
  'auto-approve': { type: 'boolean' },
  parallelism: { type: 'string' },
  'terraform-parallelism': { type: 'string' },
  'new-client': { type: 'string', multiple: true },
  'break-tokens': { type: 'string', multiple: true },
  'migrate-state': { type: 'boolean' },
  output: { type: 'string', short: 'o' },
  'no-color': { type: 'boolean' },
  // Options of CDKTF's own command line that ask for what happens here anyway.
  'skip-provider-lock': { type: 'boolean' },
  'ignore-missing-stack-dependencies': { type: 'boolean' },
} as const;

/**
 * Reads a command such as `deploy 'dev-*'`.
 *
 * @param words - The command and its arguments, as typed. `synth` and `list` take the name of an environment.
 * @param known - The names of all environments.
 * @throws {InfraError} `ERR_INFRA_USAGE` for an unknown command or option; `ERR_INFRA_ENVIRONMENT_UNNAMED` if no
 *   environment, an unknown one or several are named.
 */
export function readRequest(words: readonly string[], known: readonly string[]): Request {
  const { positionals, values } = parse(words);
  const [command = '', ...named] = positionals;
  if (!isCommand(command)) {
    throw usageError(`Unknown command "${command}". Known: ${Object.keys(EXAMPLES).join(', ')}.`);
  }
  const takesStacks = command !== 'synth' && command !== 'list';
  const environments = takesStacks ? named.map((stack) => environmentOf(stack, known)) : named;
  const environment = onlyEnvironment(environments, known, command);
  return {
    command,
    environment,
    stacks: takesStacks ? named : [`${environment}-*`],
    options: {
      isApproved: values['auto-approve'] ?? false,
      parallelism: readCount('parallelism', values.parallelism) ?? 4,
      terraformParallelism: readCount('terraform-parallelism', values['terraform-parallelism']),
      newClients: values['new-client'] ?? [],
      brokenPools: values['break-tokens'] ?? [],
      migratesState: values['migrate-state'] ?? false,
      hasColors: !(values['no-color'] ?? false),
      outputDirectory: values.output,
    },
  };
}

function parse(words: readonly string[]) {
  try {
    return parseArgs({ args: [...words], options: OPTIONS, allowPositionals: true });
  } catch (error) {
    // Node.js says which option it is, in one sentence.
    throw usageError(error instanceof Error ? error.message : String(error));
  }
}

function isCommand(word: string): word is Request['command'] {
  return Object.hasOwn(EXAMPLES, word);
}

function readCount(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^[1-9]\d{0,3}$/.test(text)) return Number(text);
  throw usageError(`--${option} is "${text}"; expected a whole number from 1 to 9999.`);
}

function usageError(problem: string): InfraError {
  const message = `${problem}\nRun \`npx -y pnpm@12 cdktf --help\` for the commands and options.`;
  return new InfraError('ERR_INFRA_USAGE', message);
}

/** Finds the environment that a stack's name or pattern belongs to; the longest name wins where one begins with another. */
function environmentOf(stack: string, known: readonly string[]): string {
  const candidates = known.filter(
    (name) =>
      [`${name}-*`, claimsStackName(name)].includes(stack) ||
      stack.startsWith(poolStackName(name, '')),
  );
  return candidates.sort((first, second) => second.length - first.length)[0] ?? stack;
}

function onlyEnvironment(
  named: readonly string[],
  known: readonly string[],
  command: Request['command'],
): string {
  const [environment = '', ...others] = new Set(named);
  if (known.includes(environment) && others.length === 0) return environment;
  const got = named.length === 0 ? 'none' : [...new Set(named)].join(', ');
  const message = [
    `Name one environment; there is no default. Got ${got}; known: ${known.join(', ')}.`,
    `For example: npx -y pnpm@12 cdktf ${command} ${EXAMPLES[command]}`,
  ].join('\n');
  throw new InfraError('ERR_INFRA_ENVIRONMENT_UNNAMED', message);
}

/** What a request is about in its environment. */
interface SettledRequest {
  /** The claims stack first, then the pools in the order of the file. */
  readonly stacks: readonly string[];
  /** True if this run retires the environment: its protection from deletion is removed. */
  readonly isRetired: boolean;
  /** The existing pools that may not call the trigger after this run, as far as that is known before it. */
  readonly revoked: readonly RevokedPool[];
}

/**
 * Finds the stacks that a request is about, and checks that the run may do what it asks for.
 *
 * @throws {InfraError} `ERR_INFRA_STACK_UNKNOWN` for a name or pattern that matches no stack; `ERR_INFRA_DESTROY_PROTECTED`
 *   for `destroy` of an environment that is not being retired; `ERR_INFRA_RETIRE_MISMATCH` if another environment is.
 */
export function settleRequest(
  request: Request,
  environment: Environment,
  variables: Variables,
): SettledRequest {
  const stacks = selectStacks(request, environment);
  const retires = checkRetirement(request, variables);
  const revoked = request.command === 'destroy' ? revokedPools(environment, stacks) : [];
  return { stacks, isRetired: retires, revoked };
}

/**
 * Lists the stacks that a request is about: the claims stack first, then the pools in the order of the file.
 *
 * @throws {InfraError} `ERR_INFRA_STACK_UNKNOWN` for a name or pattern that matches no stack.
 */
export function selectStacks(
  { stacks }: Pick<Request, 'stacks'>,
  { name, pools }: Environment,
): string[] {
  const known = [claimsStackName(name), ...pools.map((pool) => poolStackName(name, pool.name))];
  const unknown = stacks.filter((stack) => !known.some((candidate) => minimatch(candidate, stack)));
  if (unknown.length > 0) {
    const message = `No such stack: ${unknown.join(' ')}. Stacks of ${name}: ${known.join(', ')}, or '${name}-*' for all.`;
    throw new InfraError('ERR_INFRA_STACK_UNKNOWN', message);
  }
  return known.filter((candidate) => stacks.some((stack) => minimatch(candidate, stack)));
}

/** A user pool of another owner that may not call the trigger after a run. */
export interface RevokedPool {
  /** Its name in the environment file. */
  readonly name: string;
  readonly userPoolId: string;
}

/** Lists the existing pools that call what a destroy of some stacks deletes: the permission, or the trigger itself. */
function revokedPools(
  { name, pools }: Pick<Environment, 'name' | 'pools'>,
  stacks: readonly string[],
): RevokedPool[] {
  const isWhole = stacks.includes(claimsStackName(name));
  return pools.flatMap((pool) =>
    pool.existing !== undefined && (isWhole || stacks.includes(poolStackName(name, pool.name)))
      ? [{ name: pool.name, userPoolId: pool.existing.userPoolId }]
      : [],
  );
}

/**
 * Checks that a run may do what it asks for.
 *
 * @returns True if this run retires the environment: its protection from deletion is removed.
 * @throws {InfraError} `ERR_INFRA_DESTROY_PROTECTED` for `destroy` of an environment that is not being retired;
 *   `ERR_INFRA_RETIRE_MISMATCH` if another environment is.
 */
export function checkRetirement(
  { command, environment, stacks }: Pick<Request, 'command' | 'environment' | 'stacks'>,
  variables: Variables,
): boolean {
  const retires = isRetired(environment, variables);
  if (command !== 'destroy' || retires || isTrial(environment)) return retires;
  // Terraform would refuse as well, stack by stack and in its own words.
  const retire = `M2M_RETIRE=${environment} npx -y pnpm@12 cdktf`;
  const quoted = stacks.map((stack) => `'${stack}'`).join(' ');
  const message = [
    `${environment} is protected: client IDs, claims and keys cannot be created again. Nothing was destroyed.`,
    `To retire it: ${retire} deploy ${quoted}, then ${retire} destroy ${quoted} (docs/deploy.md).`,
  ].join('\n');
  throw new InfraError('ERR_INFRA_DESTROY_PROTECTED', message);
}
