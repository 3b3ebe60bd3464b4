import { createRequire } from 'node:module';
import { type MeasuredRun, runMeasured } from '../measured-process.ts';

const BINARY = createRequire(import.meta.url).resolve('@cognito-m2m/cli/bin/m2m.mjs');

/** Runs `m2m` as a process of its own. @param variables - Beside those of this process. */
export function runBinary(
  argv: readonly string[],
  variables: Readonly<Record<string, string>> = {},
): Promise<MeasuredRun> {
  return runMeasured([BINARY, ...argv], { variables });
}
