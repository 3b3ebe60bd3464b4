import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { contract } from '@cognito-m2m/contract';
import {
  EnvironmentError,
  findEnvironmentsDirectory,
  listEnvironments,
  loadEnvironment,
} from '@cognito-m2m/environment';
import { ENVIRONMENT_VARIABLE } from '../environment-name.ts';
import { InfraError } from '../errors.ts';
import { toCdktfArguments } from './cdktf-arguments.ts';
import { readCdktfRequest, takesStacks } from './cdktf-request.ts';
import { checkStacks } from './check-stacks.ts';
import { asksForUsage, USAGE } from './usage.ts';

const infraDirectory = fileURLToPath(new URL('../..', import.meta.url));

/** Runs CDKTF's command line in `infra/`, on this terminal, and ends as it ends. */
function runCdktf(environment: string, args: readonly string[]): void {
  const cdktf = createRequire(import.meta.url).resolve('cdktf-cli/bundle/bin/cdktf');
  const child = spawn(process.execPath, [cdktf, ...args], {
    cwd: infraDirectory,
    stdio: 'inherit',
    // No call home: what is deployed is nobody else's business.
    env: { CHECKPOINT_DISABLE: '1', ...process.env, [ENVIRONMENT_VARIABLE]: environment },
  });
  child.on('exit', (code) => {
    process.exitCode = code ?? 1;
  });
}

/** Checks what was typed as far as can be done at once, and leaves the rest to CDKTF. */
async function runCommand(words: readonly string[]): Promise<void> {
  const directory = await findEnvironmentsDirectory(infraDirectory);
  const request = readCdktfRequest(words, await listEnvironments({ directory }));
  if (takesStacks(request.command)) {
    checkStacks(request, await loadEnvironment(request.environment, { contract, directory }));
  }
  runCdktf(request.environment, toCdktfArguments(request, process.env));
}

const words = process.argv.slice(2);
if (asksForUsage(words)) {
  process.stdout.write(USAGE);
} else if (words.length === 0) {
  process.stderr.write(USAGE);
  process.exitCode = 1;
} else {
  await runCommand(words).catch((error: unknown) => {
    // These say all there is to say; anything else is a bug and keeps its stack.
    if (!(error instanceof EnvironmentError || error instanceof InfraError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  });
}
