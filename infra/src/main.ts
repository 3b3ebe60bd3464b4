import { contract } from '@cognito-m2m/contract';
import { EnvironmentError, loadEnvironment } from '@cognito-m2m/environment';
import { synthesizeEnvironment } from './app.ts';
import { isRetired, readEnvironmentName } from './environment-name.ts';
import { InfraError } from './errors.ts';
import { findTriggerDirectory } from './trigger-directory.ts';

// The CDKTF app: `cdktf` runs it once for every command, and says where the configuration goes.
try {
  const environment = await loadEnvironment(await readEnvironmentName(process.env), { contract });
  synthesizeEnvironment(environment, {
    isRetired: isRetired(environment.name, process.env),
    triggerDirectory: findTriggerDirectory(),
    outputDirectory: process.env['CDKTF_OUTDIR'] ?? 'cdktf.out',
  });
} catch (error) {
  // These say all there is to say; anything else is a bug and keeps its stack.
  if (!(error instanceof EnvironmentError || error instanceof InfraError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
