import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Contract } from '@cognito-m2m/claim-schema';
import { useProxyForFetch } from '@cognito-m2m/doctor/http-proxy';
import {
  type Environment,
  findEnvironmentsDirectory,
  listEnvironments,
  loadEnvironment,
  runtimeNotice,
} from '@cognito-m2m/environment';
import { claimsStackName, poolStackName, userPoolName } from '@cognito-m2m/environment/names';
import { type Request, type RevokedPool, readRequest, settleRequest } from './read-request.ts';
import { runStacks, type StackRun } from './run-stacks.ts';
import type { Print } from './run-terraform.ts';

/** The repository's own folder of this file, for whoever runs the command from elsewhere. */
const ownDirectory = fileURLToPath(new URL('../..', import.meta.url));

/** Who runs the command: what it prints goes there, and its questions. */
export interface Operator {
  readonly print: Print;
  /** Asks a yes-or-no question. @throws {InfraError} `ERR_INFRA_NOT_CONFIRMED` unless the answer is yes. */
  readonly confirm: (question: string) => Promise<void>;
  readonly hasColors: boolean;
  /** Aborts when the process is to end. */
  readonly stop: AbortSignal;
}

/**
 * Does what was asked for. The environment file is loaded once, and everything is checked before Terraform runs.
 *
 * @param words - The arguments of the command.
 * @param contract - The team's contract.
 * @throws {EnvironmentError | InfraError} With a complete message.
 */
export async function runCommand(
  words: readonly string[],
  contract: Contract,
  { print, confirm, hasColors, stop }: Operator,
): Promise<void> {
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
  if (notice !== undefined) print(`Note: ${notice} Set trigger.runtime to a newer one.`, true);
  const { checkRevoked, checkFile } = createPoolChecks(request, environment);
  await checkRevoked(revoked);
  if (command !== 'synth' && stacks.includes(claimsStackName(environment.name))) {
    await checkFile();
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
    options: { ...options, hasColors: options.hasColors && hasColors },
    isRetired,
    checkRevoked,
    print,
    confirm,
    stop,
  });
}

/** Creates the checks of pools that would lose their trigger. They load the clients of AWS only where there is something to ask. */
function createPoolChecks(
  { command, options: { brokenPools } }: Request,
  environment: Environment,
) {
  const check = { command, environment, brokenPools };
  return {
    /** Checks pools that may not call the trigger after this run. */
    async checkRevoked(pools: readonly RevokedPool[]): Promise<void> {
      if (pools.length === 0) return;
      const { checkDetached } = await import('./check-detached.ts');
      await checkDetached(check, pools);
    },
    /** Checks that the file has every pool that the trigger works for. */
    async checkFile(): Promise<void> {
      const { findForgottenPools } = await import('./forgotten-pools.ts');
      const forgotten = await findForgottenPools(environment);
      if (forgotten.length === 0) return;
      const { checkForgotten } = await import('./check-detached.ts');
      await checkForgotten(check, forgotten);
    },
  };
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
