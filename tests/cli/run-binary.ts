import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const BINARY = fileURLToPath(new URL('../../packages/cli/bin/m2m.mjs', import.meta.url));

/** Prints the peak of resident memory when the process ends, in kilobytes. */
const MEASURE = `data:text/javascript,${encodeURIComponent(
  "process.on('exit', () => process.stderr.write('maxRSS ' + process.resourceUsage().maxRSS + '\\n'));",
)}`;

/** How one run of the binary ended. */
export interface BinaryRun {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly durationMs: number;
  readonly peakMemoryMb: number;
}

/** Runs `m2m` as a process of its own. @param variables - Beside those of this process. */
export function runBinary(
  argv: readonly string[],
  variables: Readonly<Record<string, string>> = {},
): Promise<BinaryRun> {
  const startedAt = performance.now();
  const child = spawn(process.execPath, ['--import', MEASURE, BINARY, ...argv], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...variables },
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk;
  });
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk;
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (exitCode) => {
      const durationMs = performance.now() - startedAt;
      const peakMemoryMb = Number(/maxRSS (\d+)/.exec(stderr)?.[1]) / 1024;
      resolve({ exitCode, stdout, stderr, durationMs, peakMemoryMb });
    });
  });
}
