import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { fileURLToPath } from 'node:url';
import { contract } from '@cognito-m2m/contract';
import { useProxyForFetch } from '@cognito-m2m/doctor/http-proxy';
import {
  type Environment,
  EnvironmentError,
  findEnvironmentsDirectory,
  listEnvironments,
  loadEnvironment,
  runtimeNotice,
} from '@cognito-m2m/environment';
import { claimsStackName, poolStackName, userPoolName } from '@cognito-m2m/environment/names';
import { InfraError } from '../errors.ts';
import { type Request, type RevokedPool, readRequest, settleRequest } from './read-request.ts';
import { runStacks, type StackRun } from './run-stacks.ts';

/** What the command says about itself. */
const USAGE = `Usage: npx -y pnpm@12 cdktf <command> <environment or stacks> [options]

  synth <environment>   checks it and writes its configuration:  synth dev
  list <environment>    lists its stacks:                        list dev
  diff <stacks>         shows what a deploy would change:        diff dev-pool-payments
  deploy <stacks>       deploys an environment or a part of it:  deploy 'dev-*'
  destroy <stacks>      destroys what may be destroyed:          destroy 'trial-*'

Options:
  --auto-approve             applies without asking (deploy, destroy)
  --parallelism <n>          how many pools at once, with --auto-approve; default 4
  --terraform-parallelism <n>  how many resources at once in one stack; default 10
  --new-client <name>        creates this app client in a pool that was imported (deploy, diff)
  --break-tokens <pool>      goes on although this existing pool calls the trigger: its token requests may then fail
  --migrate-state            moves Terraform's state when \`state\` in the environment file has changed
  --output <folder>          where the configuration goes (synth)
  --no-color                 no colors

An environment has one stack <environment>-claims and one <environment>-pool-<name> for each pool: docs/deploy.md.
`;

/** The repository's own folder of this file, for whoever runs the command from elsewhere. */
const ownDirectory = fileURLToPath(new URL('../..', import.meta.url));

const stop = new AbortController();

/** Does what was asked for. The environment file is loaded once, and everything is checked before Terraform runs. */
async function runCommand(words: readonly string[]): Promise<void> {
  const directory = await findEnvironmentsDirectory(process.cwd()).catch(() =>
    findEnvironmentsDirectory(ownDirectory),
  );
  const request = readRequest(words, await listEnvironments({ directory }));
  const environment = await loadEnvironment(request.environment, { contract, directory });
  const { command, options } = request;
  const { stacks, isRetired, revoked } = settleRequest(request, environment, process.env);
  if (command === 'list') {
    for (const stack of stacks) print(stack);
    return;
  }
  // Terraform's local state is where the environments are: the backend of CDKTF asks for the working folder.
  process.chdir(dirname(directory));
  const outputDirectory = options.outputDirectory ?? join('cdktf.out', environment.name);
  const notice = runtimeNotice(environment.trigger.runtime, Date.now());
  if (notice !== undefined)
    process.stderr.write(`Note: ${notice} Set trigger.runtime to a newer one.\n`);
  const checkRevoked = createRevokedCheck(request, environment);
  await checkRevoked(revoked);
  if (command !== 'synth' && stacks.includes(claimsStackName(environment.name))) {
    await checkFile(request, environment);
  }
  await synthesize(environment, { directory, outputDirectory, isRetired });
  if (command === 'synth') {
    print(
      `Wrote ${stacks.length} stacks to ${join(process.cwd(), outputDirectory)}: ${stacks.join(', ')}`,
    );
    return;
  }
  await useProxyForFetch(process.env);
  const groups = toGroups(environment, stacks, outputDirectory);
  await runStacks({
    command,
    groups: command === 'destroy' ? groups.reverse() : groups,
    options: { ...options, hasColors: options.hasColors && isTerminal() },
    isRetired,
    checkRevoked,
    print,
    confirm,
    stop: stop.signal,
  });
}

/** Creates what checks pools that may lose their trigger; it loads the client of Amazon Cognito only where there are any. */
function createRevokedCheck(
  { command, options: { brokenPools } }: Request,
  environment: Environment,
) {
  return async (pools: readonly RevokedPool[]): Promise<void> => {
    if (pools.length === 0) return;
    const { checkDetached } = await import('./check-detached.ts');
    await checkDetached({ command, environment, brokenPools }, pools);
  };
}

/** Checks that the file has every pool that the trigger works for. */
async function checkFile(
  { command, options: { brokenPools } }: Request,
  environment: Environment,
): Promise<void> {
  const { findForgottenPools } = await import('./forgotten-pools.ts');
  const forgotten = await findForgottenPools(environment);
  if (forgotten.length === 0) return;
  const { checkForgotten } = await import('./check-detached.ts');
  await checkForgotten({ command, environment, brokenPools }, forgotten);
}

/** Imports CDKTF, which takes a second, only after everything else was found in order. */
async function synthesize(
  environment: Environment,
  place: {
    readonly directory: string;
    readonly outputDirectory: string;
    readonly isRetired: boolean;
  },
): Promise<void> {
  const { findTriggerDirectory, synthesizeEnvironment } = await import('../app.ts');
  const { directory, outputDirectory, isRetired } = place;
  synthesizeEnvironment(environment, {
    isRetired,
    triggerDirectory: findTriggerDirectory(environment.isProbe),
    outputDirectory,
    importsDirectory: join(dirname(directory), 'imports'),
  });
}

/** The claims stack before all pools: a pool's permission needs the function. */
function toGroups(
  { name, region, pools }: Environment,
  stacks: readonly string[],
  outputDirectory: string,
): StackRun[][] {
  const poolsByStack = new Map(
    pools.map(({ name: poolName, existing }) => [
      poolStackName(name, poolName),
      {
        name: poolName,
        region,
        existingId: existing?.userPoolId,
        ownName: userPoolName(name, poolName),
      },
    ]),
  );
  const runs = stacks.map((stack) => ({
    name: stack,
    directory: join(process.cwd(), outputDirectory, 'stacks', stack),
    pool: poolsByStack.get(stack),
  }));
  const isClaims = (run: StackRun) => run.name === claimsStackName(name);
  return [runs.filter(isClaims), runs.filter((run) => !isClaims(run))];
}

function print(line: string, isError = false): void {
  (isError ? process.stderr : process.stdout).write(`${line}\n`);
}

function isTerminal(): boolean {
  return (
    process.stdout.isTTY === true && !process.env['NO_COLOR'] && process.env['TERM'] !== 'dumb'
  );
}

async function confirm(question: string): Promise<void> {
  if (!process.stdin.isTTY) {
    const message = 'Cannot ask for confirmation: stdin is not a terminal. Pass --auto-approve.';
    throw new InfraError('ERR_INFRA_NOT_CONFIRMED', message);
  }
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await terminal.question(`${question}? Only "yes" is accepted: `);
  terminal.close();
  if (answer.trim() !== 'yes') {
    throw new InfraError('ERR_INFRA_NOT_CONFIRMED', 'Not confirmed. Nothing was changed.');
  }
}

const words = process.argv.slice(2);
if (words.some((word) => ['--help', '-h'].includes(word))) {
  process.stdout.write(USAGE);
} else if (words.length === 0) {
  process.stderr.write(USAGE);
  process.exitCode = 1;
} else {
  // This process waits until Terraform has ended.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
    process.on(signal, () => stop.abort(signal));
  await runCommand(words).catch((error: unknown) => {
    // These messages are complete; anything else is a bug and keeps its stack.
    if (!(error instanceof EnvironmentError || error instanceof InfraError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  });
}
