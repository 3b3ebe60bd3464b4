import { spawn, spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { type MeasuredRun, runMeasured } from '../measured-process.ts';
import { mustRun } from '../must-run.ts';

const BINARY = createRequire(import.meta.url).resolve('@cognito-m2m/cli/bin/m2m.mjs');

/** Runs `m2m` as a process of its own. @param variables - Beside those of this process. */
export function runBinary(
  argv: readonly string[],
  variables: Readonly<Record<string, string>> = {},
): Promise<MeasuredRun> {
  return runMeasured([BINARY, ...argv], { variables });
}

/** Runs `m2m` with a reader of its stdout that has gone away, as in `m2m list | true`. */
export function runUnread(
  argv: readonly string[],
): Promise<{ readonly exitCode: number | null; readonly stderr: string }> {
  const child = spawn(process.execPath, [BINARY, ...argv], { stdio: ['ignore', 'pipe', 'pipe'] });
  child.stdout.destroy();
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk;
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (exitCode) => resolve({ exitCode, stderr }));
  });
}

const hasTerminals = /util-linux/.test(String(spawnSync('script', ['--version']).stdout));

/** Why nothing can be run in a terminal here; empty if it can, and where it must. */
export const TERMINAL_SKIPPED =
  hasTerminals || mustRun ? '' : ' (skipped: no script of util-linux here)';

/** Runs `m2m` in a terminal of its own. @returns What the terminal shows, stdout and stderr alike. */
export async function runInTerminal(
  argv: readonly string[],
  variables: Readonly<Record<string, string>>,
): Promise<string> {
  const command = [process.execPath, BINARY, ...argv].map((word) => `'${word}'`).join(' ');
  const { NO_COLOR: _none, FORCE_COLOR: _forced, ...inherited } = process.env;
  const child = spawn('script', ['-qec', command, '/dev/null'], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...inherited, TERM: 'xterm', ...variables },
  });
  let shown = '';
  for await (const chunk of child.stdout) shown += String(chunk);
  return shown;
}
