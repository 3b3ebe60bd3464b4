import { dirname, join } from 'node:path';
import { contract } from '@cognito-m2m/contract';
import {
  EnvironmentError,
  findEnvironmentsDirectory,
  loadEnvironment,
} from '@cognito-m2m/environment';
import { findTriggerDirectory, synthesizeEnvironment } from './app.ts';
import { isRetired, readEnvironmentName } from './environment-name.ts';
import { InfraError } from './errors.ts';

// The CDKTF app, for whoever runs `cdktf` in this folder. `command/cdktf.ts` does the same without CDKTF's command line.
try {
  const name = await readEnvironmentName(process.env);
  const environment = await loadEnvironment(name, { contract });
  synthesizeEnvironment(environment, {
    isRetired: isRetired(name, process.env),
    triggerDirectory: findTriggerDirectory(environment.isProbe),
    outputDirectory: process.env['CDKTF_OUTDIR'] ?? join('cdktf.out', name),
    importsDirectory: join(dirname(await findEnvironmentsDirectory(process.cwd())), 'imports'),
  });
} catch (error) {
  // These messages are complete; anything else is a bug and keeps its stack.
  if (!(error instanceof EnvironmentError || error instanceof InfraError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
