import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { LocalCognitoError } from '../errors.ts';

/** Loud enough for any compiler error. */
const MAX_OUTPUT_BYTES = 16 * 1024 * 1024;

/**
 * Builds the production bundle, from turbo's cache if nothing changed; says nothing unless it fails.
 *
 * @throws {LocalCognitoError} `ERR_LOCAL_BUILD` with the output of the build.
 */
export async function buildTrigger(): Promise<void> {
  const turbo = createRequire(import.meta.url).resolve('turbo/bin/turbo');
  const args = ['run', 'build', '--filter=@cognito-m2m/pre-token-generation', '--no-color'];
  const env = { ...process.env, TURBO_TELEMETRY_DISABLED: '1' };
  await new Promise<void>((resolve, reject) => {
    const options = { env, maxBuffer: MAX_OUTPUT_BYTES };
    execFile(process.execPath, [turbo, ...args], options, (cause, stdout, stderr) => {
      if (cause === null) resolve();
      else reject(buildFailed(`${stdout}${stderr}`, cause));
    });
  });
}

function buildFailed(output: string, cause: Error): LocalCognitoError {
  const message = `The trigger's bundle could not be built.\n\n${output.trim()}`;
  return new LocalCognitoError('ERR_LOCAL_BUILD', message, { cause });
}
