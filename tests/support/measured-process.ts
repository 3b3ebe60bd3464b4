import { spawn } from 'node:child_process';

/** Prints what a process took when it ends: the peak of resident memory in kilobytes, and processor time in microseconds. */
const MEASURE = `data:text/javascript,${encodeURIComponent(
  `process.on('exit', () => {
    const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
    process.stderr.write('maxRSS ' + maxRSS + ' processor ' + (userCPUTime + systemCPUTime) + '\\n');
  });`,
)}`;

/** How one process ended, and what it took. */
export interface MeasuredRun {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly durationMs: number;
  /** Of all its threads: another program on the machine changes it little. */
  readonly processorMs: number;
  readonly peakMemoryMb: number;
}

/**
 * Runs Node.js in a process of its own.
 *
 * @param argv - Its arguments: the script and what the script is given.
 * @param options.variables - Environment variables, in addition to those of this process.
 * @param options.cwd - Where it runs. @default here
 */
export function runMeasured(
  argv: readonly string[],
  options: { readonly variables?: Readonly<Record<string, string>>; readonly cwd?: string } = {},
): Promise<MeasuredRun> {
  const startedAt = performance.now();
  const child = spawn(process.execPath, ['--import', MEASURE, ...argv], {
    stdio: ['ignore', 'pipe', 'pipe'],
    cwd: options.cwd,
    env: { ...process.env, ...options.variables },
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
      const [, kilobytes, microseconds] = /maxRSS (\d+) processor (\d+)/.exec(stderr) ?? [];
      const peakMemoryMb = Number(kilobytes) / 1024;
      const processorMs = Number(microseconds) / 1000;
      resolve({ exitCode, stdout, stderr, durationMs, processorMs, peakMemoryMb });
    });
  });
}
