import { fileURLToPath } from 'node:url';
import { type MeasuredRun, runMeasured } from '../measured-process.ts';

const BINARY = fileURLToPath(new URL('../../packages/cli/bin/m2m.mjs', import.meta.url));

/** Runs `m2m` as a process of its own. @param variables - Beside those of this process. */
export function runBinary(
  argv: readonly string[],
  variables: Readonly<Record<string, string>> = {},
): Promise<MeasuredRun> {
  return runMeasured([BINARY, ...argv], { variables });
}
