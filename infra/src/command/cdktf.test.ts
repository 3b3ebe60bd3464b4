import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from '@jest/globals';

/** CDKTF takes seconds to start, and more on a busy machine. */
const RUN_TIMEOUT_MS = 120_000;

const outputDirectory = mkdtempSync(join(tmpdir(), 'm2m-command-'));
afterAll(() => rmSync(outputDirectory, { recursive: true }));

/** Runs the command as the scripts do, from a folder that is not `infra/`. */
function run(...words: string[]) {
  const command = fileURLToPath(new URL('cdktf.ts', import.meta.url));
  const argv = ['--import', createRequire(import.meta.url).resolve('tsx'), command, ...words];
  return new Promise<{ exitCode: number; stdout: string; stderr: string }>((resolve) => {
    execFile(process.execPath, argv, { cwd: outputDirectory }, (error, stdout, stderr) => {
      resolve({ exitCode: Number(error?.code ?? 0), stdout, stderr });
    });
  });
}

describe('the command', () => {
  test(
    'runs CDKTF for the named environment and passes its options on',
    async () => {
      const { exitCode } = await run('synth', 'dev', '--output', outputDirectory);

      expect(exitCode).toBe(0);
      expect(existsSync(join(outputDirectory, 'stacks', 'dev-pool-payments'))).toBe(true);
    },
    RUN_TIMEOUT_MS,
  );

  test(
    'says which environments there are and exits with 1 when an unknown one is named',
    async () => {
      const { exitCode, stdout, stderr } = await run('deploy', 'prdo-*');

      expect(stderr).toContain('got prdo-*; known: dev, local, prod, staging');
      expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    },
    RUN_TIMEOUT_MS,
  );

  test.each([[['--help']], [['-h']], [['deploy', '--help']]])(
    'shows its own usage for %j',
    async (words) => {
      const { exitCode, stdout, stderr } = await run(...words);

      expect(stdout).toMatch(/^Usage: .*\n(?:.*\n)+ {2}synth .*(?:.*\n)+ {2}destroy /);
      expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    },
    RUN_TIMEOUT_MS,
  );

  test(
    'shows its usage and exits with 1 without a command',
    async () => {
      const { exitCode, stdout, stderr } = await run();

      expect(stderr).toMatch(/^Usage: /);
      expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    },
    RUN_TIMEOUT_MS,
  );

  test.each(['deploy', 'diff', 'destroy'])(
    'refuses to %s a stack that the environment does not have',
    async (command) => {
      const { exitCode, stdout, stderr } = await run(command, 'dev-pool-nope');

      expect(stderr).toContain('got dev-pool-nope; stacks of dev: dev-claims, dev-pool-payments');
      expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    },
    RUN_TIMEOUT_MS,
  );

  test(
    'ends as CDKTF ends',
    async () => {
      const { exitCode } = await run('no-such-command', 'dev');

      expect(exitCode).not.toBe(0);
    },
    RUN_TIMEOUT_MS,
  );
});

test.each(['cdktf', 'synth', 'deploy', 'diff', 'destroy'])(
  '%s is a script at the root and in infra',
  async (name) => {
    const manifests = ['../../package.json', '../../../package.json'].map(async (path) =>
      JSON.parse(await readFile(new URL(path, import.meta.url), 'utf8')),
    );

    for (const { scripts } of await Promise.all(manifests)) expect(scripts).toHaveProperty(name);
  },
);
