import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { anEnvironment } from '@cognito-m2m/environment/fixtures';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { CLAIM_VALUES, FAULTS, faultyEnvironment } from '../test/faulty-environment.ts';

/** A process that imports CDKTF takes seconds on a busy machine. */
const RUN_TIMEOUT_MS = 60_000;

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'm2m-main-'));
  await mkdir(join(root, 'infra', 'environments'), { recursive: true });
  await writeFile(join(root, 'infra', 'package.json'), '{ "type": "module" }');
});
afterEach(() => rm(root, { recursive: true }));

/** Declares `test` and runs the app as `cdktf` does. */
async function synthesize(environment: object, name = 'test', variables = {}) {
  const data = JSON.stringify(environment);
  await writeFile(join(root, 'infra', 'environments', 'test.ts'), `export default ${data};\n`);
  const tsx = createRequire(import.meta.url).resolve('tsx');
  const main = fileURLToPath(new URL('main.ts', import.meta.url));
  const options = {
    cwd: join(root, 'infra'),
    env: { ...process.env, M2M_ENV: name, ...variables },
  };
  return new Promise<{ exitCode: number; stdout: string; stderr: string }>((resolve) => {
    execFile(process.execPath, ['--import', tsx, main], options, (error, stdout, stderr) => {
      resolve({ exitCode: error === null ? 0 : Number(error.code ?? -1), stdout, stderr });
    });
  });
}

/** Every file of the output, by its path in there. */
async function readOutput(): Promise<Record<string, string>> {
  const directory = join(root, 'infra', 'cdktf.out', 'test');
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const texts = files.map(async ({ parentPath, name }) => {
    const file = join(parentPath, name);
    return [relative(directory, file), await readFile(file, 'latin1')] as const;
  });
  return Object.fromEntries(await Promise.all(texts));
}

describe('an environment file with every kind of fault', () => {
  test(
    'an environment file with every kind of fault is refused with all of them at once, quoting no claim value, and nothing is written',
    async () => {
      const { exitCode, stdout, stderr } = await synthesize(faultyEnvironment());

      const [headline, ...lines] = stderr.trimEnd().split('\n');
      expect(headline).toMatch(/test\.ts has 17 faults:$/);
      expect(lines).toHaveLength(17);
      for (const fault of FAULTS) {
        expect(lines).toContainEqual(expect.stringMatching(beginning(`  - ${fault}`)));
      }
      for (const value of Object.values(CLAIM_VALUES)) expect(stderr).not.toContain(value);
      expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
      expect(await readdir(join(root, 'infra'))).toEqual(['environments', 'package.json']);
    },
    RUN_TIMEOUT_MS,
  );

  test(
    'an environment file with every kind of fault leaves the output of the last good synth as it was',
    async () => {
      const good = await synthesize(anEnvironment());
      const before = await readOutput();

      await synthesize(faultyEnvironment());

      expect(good).toEqual({ exitCode: 0, stdout: '', stderr: '' });
      expect(Object.keys(before)).toContain('stacks/test-pool-payments/cdk.tf.json');
      expect(await readOutput()).toEqual(before);
    },
    RUN_TIMEOUT_MS,
  );
});

test(
  'the app takes the protection from deletion off for a run that retires the environment, and for no other',
  async () => {
    const isProtected = async () =>
      (await readOutput())['stacks/test-claims/cdk.tf.json']?.includes(
        '"deletion_protection_enabled": true',
      );

    await synthesize(anEnvironment(), 'test', { M2M_RETIRE: 'test' });
    const isProtectedRetired = await isProtected();
    await synthesize(anEnvironment(), 'test', { M2M_RETIRE: '' });

    expect([isProtectedRetired, await isProtected()]).toEqual([false, true]);
  },
  RUN_TIMEOUT_MS,
);

test(
  'the app writes nothing while another environment is said to be at its end',
  async () => {
    const { exitCode, stderr } = await synthesize(anEnvironment(), 'test', { M2M_RETIRE: 'prod' });

    expect(stderr).toContain('M2M_RETIRE names "prod", but this run is for "test".');
    expect(exitCode).toBe(1);
    expect(await readdir(join(root, 'infra'))).toEqual(['environments', 'package.json']);
  },
  RUN_TIMEOUT_MS,
);

test(
  'the app says which environments there are when none is named, and when an unknown one is',
  async () => {
    const unnamed = await synthesize(anEnvironment(), '');
    const unknown = await synthesize(anEnvironment(), 'prdo');

    expect(unnamed).toMatchObject({
      exitCode: 1,
      stderr: expect.stringMatching(/^No environment is named.*test\.\n$/),
    });
    expect(unknown).toMatchObject({
      exitCode: 1,
      stderr: expect.stringMatching(/^No environment "prdo".*known: test\.\n$/),
    });
  },
  RUN_TIMEOUT_MS,
);

function beginning(text: string): RegExp {
  return new RegExp(`^${text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')}`);
}
