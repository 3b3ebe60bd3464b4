import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { findEnvironmentsDirectory, listEnvironments } from '@cognito-m2m/environment';
import { ENVIRONMENT_VARIABLE } from '../environment-name.ts';
import { InfraError } from '../errors.ts';
import { toCdktfArguments } from './cdktf-arguments.ts';
import { readCdktfRequest } from './cdktf-request.ts';

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

try {
  const directory = await findEnvironmentsDirectory(infraDirectory);
  const known = await listEnvironments({ directory });
  const request = readCdktfRequest(process.argv.slice(2), known);
  runCdktf(request.environment, toCdktfArguments(request, process.env));
} catch (error) {
  if (!(error instanceof InfraError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
